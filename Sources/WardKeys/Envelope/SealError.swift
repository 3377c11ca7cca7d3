/// Why a message could not be sealed or opened. It says nothing of what the message holds.
public struct SealError: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: Code

    /// An error of this kind.
    public init(_ code: Code) { self.code = code }

    public var description: String { code.rawValue }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// The bytes, their place (additional data) or the key are not those of the seal.
        case authentication
        /// The bytes do not have the form of a sealed message.
        case format
        /// The message names another version of the key.
        case keyVersion
        /// The content is larger than the bound.
        case tooLarge
        /// The key may seal no more messages.
        case exhausted
        /// The message is good, and its time has passed.
        case expired
    }
}
