/// What is wrong with a configuration: where, which key, and what would be right; never a value.
struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
