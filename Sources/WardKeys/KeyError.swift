/// An error of key handling. Its description is safe to log: it holds no key, no plaintext and no content of a file.
public struct KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: Code
    /// What was being done and to which key or file, such as `open root.key`; never a key's bytes.
    public var context: String

    /// An error; `context` must hold no key and no content.
    public init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    public var description: String { "\(code.rawValue): \(context)" }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// A file of the keyring is not there.
        case missing
        /// A file of the keyring is there and whole in form, but its bytes were changed or cut.
        case damaged
        /// The keyring is whole, and the passphrase does not open it.
        case wrongPassphrase
        /// The passphrase is too short or too long.
        case badPassphrase
        /// A file that holds secrets can be read by others than its owner.
        case permissions
        /// The file to be made is there already.
        case exists
        /// The disk or the key service does not answer.
        case unavailable
        /// A file was replaced, but whether that outlives a crash of the machine is not known.
        case unsettled
        /// The settings of a key service are not such that it could be used.
        case settings
        /// The keyring was made by a newer program.
        case newerFormat
        /// The keyring was made by an older program, in a form that is not read any more.
        case olderFormat
        /// A wrapped key does not open under this context: another key, another owner, or changed bytes.
        case authentication
        /// A wrapped key opened, but is not the key that was committed to.
        case commitment
        /// There is no key of this version or kind.
        case unknownKey
        /// The key was destroyed by order, for good.
        case destroyed
        /// The key may seal no more messages.
        case exhausted
    }
}
