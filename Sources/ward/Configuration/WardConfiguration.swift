internal import Configuration
internal import Foundation

/// The configuration of a home: `ward.yaml`, then `WARD_…` environment variables, then flags, each over the one before.
struct WardConfiguration: Sendable {
    private let reader: ConfigReader

    /// Reads the configuration of a home.
    ///
    /// - Parameters:
    ///   - flags: values given on the command line, by dotted key.
    ///   - environment: the process's environment variables.
    /// - Throws: ``ConfigurationError`` naming the file, variable or flag.
    init(
        home: Home, flags: [String: String] = [:], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) {
        let file = try ConfigurationFile(path: home.configurationFile)
        var variables: [String: String] = [:]
        let known = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.variable, $0) })
        for (variable, value) in environment where variable.hasPrefix("WARD_") && !Self.reserved.contains(variable) {
            guard let key = known[variable] else {
                throw ConfigurationError("environment: unknown variable \(variable.prefix(80))")
            }
            if let complaint = key.complaint(about: value) {
                throw ConfigurationError("environment: \(variable) \(complaint)")
            }
            variables[key.name] = value
        }
        for key in ConfigurationKey.all {
            if let value = flags[key.name], let complaint = key.complaint(about: value) {
                throw ConfigurationError("command line: \(key.name) \(complaint)")
            }
        }
        let standards = ConfigurationKey.all.reduce(into: [String: String]()) { $0[$1.name] = $1.standard }
        reader = ConfigReader(providers: [
            Self.provider("command line", flags), Self.provider("environment", variables),
            Self.provider("ward.yaml", file.values), Self.provider("standard", standards),
        ])
    }

    /// Variables of that prefix that are not configuration.
    static let reserved: Set<String> = ["WARD_TEST_DATA", "WARD_TEST_LONG", "WARD_PASSPHRASE", "WARD_HOME"]

    /// The value of a key, or nil where none is set and it has no standard.
    func text(_ key: String) -> String? { reader.string(forKey: ConfigKey(key)) }

    /// The value of a key that has a standard and a whole number.
    func whole(_ key: String) -> Int {
        guard let text = text(key), let value = Int(text) else {
            preconditionFailure("the configuration key \(key) has a standard and was checked to be a whole number")
        }
        return value
    }

    /// Every value that is set or has a standard, by key.
    var settings: [String: String] { ConfigurationKey.all.reduce(into: [:]) { $0[$1.name] = text($1.name) } }

    var isDevelopment: Bool { text("environment") == "development" }

    private static func provider(_ name: String, _ values: [String: String]) -> InMemoryProvider {
        InMemoryProvider(name: name, values: values.reduce(into: [:]) { result, pair in
            result[AbsoluteConfigKey(ConfigKey(pair.key))] = ConfigValue(.string(pair.value), isSecret: false)
        })
    }
}
