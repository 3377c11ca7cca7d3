/// The name by which a person signs in: unique in the house, whatever its case.
///
/// 1 to 64 code points: letters, marks and decimal digits of any script and `. _ - @ +`, beginning with a letter or
/// digit. Written in NFC; looked up by ``folded``. What has a compatibility form (wide letters, ligatures) is
/// refused, so that two names that look alike in print are not two accounts. Source: RFC 8265 §3.2
/// (UsernameCaseMapped).
public struct UserName: Sendable, Hashable, CustomStringConvertible {
    /// As written, in NFC.
    public let text: String
    /// The form that is looked up: lower case, in NFC.
    public let folded: String

    /// Fails unless `text` has the form of a name.
    public init?(_ text: String) {
        guard text.utf8.count <= 512 else { return nil }
        let composed = Normalisation.nfc(text)
        let scalars = composed.unicodeScalars
        guard (1...64).contains(scalars.count), let first = scalars.first, Self.isWord(first), !Self.isMark(first),
            scalars.allSatisfy({ Self.isWord($0) || Self.signs.contains($0) }),
            Array(Normalisation.nfkc(composed).utf8) == Array(composed.utf8)
        else { return nil }
        self.text = composed
        self.folded = Self.fold(composed)
    }

    public var description: String { text }

    /// The form in which names are compared.
    static func fold(_ text: String) -> String { Normalisation.nfc(Normalisation.nfc(text).lowercased()) }

    private static let signs = Set("._-@+".unicodeScalars)

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
        default: isMark(scalar)
        }
    }
}
