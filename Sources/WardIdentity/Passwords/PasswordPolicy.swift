/// Which new passwords are taken. The profile `guide`: at least 12 characters and three of the four classes (lower
/// case, upper case, digits, others), or a passphrase of at least 20 characters.
///
/// Length is counted in Unicode code points after NFC. Source: NIST SP 800-63B-4 §3.1.1 (counting, maximum,
/// normalisation).
public struct PasswordPolicy: Sendable {
    /// Lengths that a check accepts at all, in code points.
    static let acceptedLengths = 1...256

    /// What a password lacks. It can be told to the person.
    public enum Fault: String, Error, Sendable, Hashable, CaseIterable {
        /// Fewer than 12 characters.
        case tooShort = "a password needs at least 12 characters"
        /// More than 256 characters.
        case tooLong = "a password may have at most 256 characters"
        /// Fewer than three classes, and shorter than a passphrase.
        case tooUniform =
            "a password under 20 characters needs three of: lower case, upper case, digits, other characters"
        /// One or two characters over and over.
        case tooRepetitive = "a password needs at least five different characters"
        /// The name of the account is in it.
        case containsName = "a password must not contain the account's name"
    }

    /// The profile `guide`.
    public static let guide = PasswordPolicy()

    private init() {}

    /// Nil where the password may be used; otherwise what it lacks.
    public func fault(in password: String, for name: UserName) -> Fault? {
        let scalars = Array(Normalisation.nfc(password).unicodeScalars)
        guard scalars.count >= 12 else { return .tooShort }
        guard scalars.count <= Self.acceptedLengths.upperBound else { return .tooLong }
        guard Set(scalars).count >= 5 else { return .tooRepetitive }
        guard scalars.count >= 20 || Self.classes(in: scalars) >= 3 else { return .tooUniform }
        let folded = UserName.fold(password)
        guard name.folded.count < 4 || !folded.contains(name.folded) else { return .containsName }
        return nil
    }

    private static func classes(in scalars: [Unicode.Scalar]) -> Int {
        var found = Set<Int>()
        for scalar in scalars {
            switch scalar.properties.generalCategory {
            case .lowercaseLetter: found.insert(0)
            case .uppercaseLetter, .titlecaseLetter: found.insert(1)
            case .decimalNumber: found.insert(2)
            default: found.insert(3)
            }
        }
        return found.count
    }
}
