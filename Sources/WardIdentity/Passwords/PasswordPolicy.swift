/// Which new passwords are taken, and why others are not.
///
/// Length is counted in Unicode code points after NFC; anything may be pasted; nothing has to be changed with time.
/// Source: NIST SP 800-63B-4 §3.1.1 (counting, maximum, normalisation, blocklist with reason, context words).
public struct PasswordPolicy: Sendable {
    /// Lengths that a check accepts at all, in code points.
    static let acceptedLengths = 1...256

    /// Characters that must be left of a password when the names in it are taken away.
    private static let ownCharacters = 8

    /// What a password lacks. It can be told to the person.
    public enum Fault: String, Error, Sendable, Hashable, CaseIterable {
        /// Fewer than 12 characters, in the profile `guide`.
        case tooShort = "a password needs at least 12 characters"
        /// Fewer than 15 characters, in the profile `nist`.
        case shorterThanFifteen = "a password needs at least 15 characters"
        /// More than 256 characters.
        case tooLong = "a password may have at most 256 characters"
        /// Fewer than three classes, and shorter than a passphrase.
        case tooUniform =
            "a password under 20 characters needs three of: lower case, upper case, digits, other characters"
        /// One or two characters over and over.
        case tooRepetitive = "a password needs at least five different characters"
        /// Each character follows the one before it.
        case sequence = "a password must not be a row of letters or digits in their order"
        /// The name of the account is in it.
        case containsName = "a password must not contain the account's name"
        /// Names make up most of it.
        case madeOfNames = "a password must not consist mostly of the account's or the service's name"
        /// It is on a list of passwords that are tried first, or is such a one with digits and signs around it, or
        /// repeated.
        case common = "this password, or the word that it is made of, is on lists of common or breached passwords"
        /// It is one of the last ones.
        case usedBefore = "a new password must differ from the last five"
    }

    /// The profile `guide`.
    public static let guide = PasswordPolicy(.guide)
    /// The profile `nist`.
    public static let nist = PasswordPolicy(.nist)

    private let profile: PasswordProfile
    private let serviceWords: [String]
    private let blocklist: PasswordBlocklist

    /// A policy.
    /// - Parameter service: what the service is called; passwords must not be built on it.
    public init(_ profile: PasswordProfile, service: String = "Ward") {
        self.profile = profile
        serviceWords = Self.words(in: service) + (service.lowercased() == "ward" ? [] : ["ward"])
        blocklist = .builtIn
    }

    /// Nil where the password may be used; otherwise what it lacks.
    public func fault(in password: String, for name: UserName) -> Fault? {
        let scalars = Array(Normalisation.nfc(password).unicodeScalars)
        guard scalars.count >= profile.minimum else {
            return profile == .guide ? .tooShort : .shorterThanFifteen
        }
        guard scalars.count <= Self.acceptedLengths.upperBound else { return .tooLong }
        guard Set(scalars).count >= 5 else { return .tooRepetitive }
        guard scalars.count >= profile.passphrase || Self.classes(in: scalars) >= 3 else { return .tooUniform }
        if PasswordShape.isSequence(scalars) { return .sequence }
        let folded = PasswordBlocklist.fold(password)
        guard name.folded.count < 4 || !folded.contains(name.folded) else { return .containsName }
        if isMadeOfNames(folded, name) { return .madeOfNames }
        let words = PasswordShape.repeatedWords(in: folded)
        if !words.isEmpty, words.allSatisfy({ $0.contains(where: blocklist.contains) }) { return .common }
        return PasswordShape.candidates(in: folded).contains(where: blocklist.contains) ? .common : nil
    }

    /// Whether few letters and digits are left when the names are taken away.
    private func isMadeOfNames(_ folded: String, _ name: UserName) -> Bool {
        var rest = folded
        let words = [name.folded] + Self.words(in: name.folded) + serviceWords
        for word in words.sorted(by: { $0.count > $1.count }) { rest = rest.replacing(word, with: " ") }
        guard rest != folded else { return false }
        return rest.count { $0.isLetter || $0.isNumber } < Self.ownCharacters
    }

    /// Words of a name, of at least three letters.
    private static func words(in name: String) -> [String] {
        PasswordBlocklist.fold(name).split { !$0.isLetter && !$0.isNumber }.filter { $0.count >= 3 }.map(String.init)
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
