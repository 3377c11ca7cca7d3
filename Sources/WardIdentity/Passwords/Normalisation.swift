internal import Foundation

/// Unicode normalisation of what people type. Source: Unicode Standard Annex #15.
enum Normalisation {
    /// Canonical composition (NFC): the same letters, however a keyboard makes them.
    static func nfc(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }

    /// Compatibility composition (NFKC).
    static func nfkc(_ text: String) -> String { text.precomposedStringWithCompatibilityMapping }
}
