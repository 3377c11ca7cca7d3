/// Which rule for new passwords a house follows.
public enum PasswordProfile: String, Sendable, Hashable, CaseIterable {
    /// At least 12 characters and three of the four classes (lower case, upper case, digits, others), or a passphrase
    /// of at least 20 characters. What the guide that Ward implements asks for.
    case guide
    /// At least 15 characters, no rule of composition. Source: NIST SP 800-63B-4 §3.1.1.2.
    case nist

    /// The fewest characters.
    var minimum: Int { self == .guide ? 12 : 15 }

    /// From this length on no classes are asked for.
    var passphrase: Int { self == .guide ? 20 : 15 }
}
