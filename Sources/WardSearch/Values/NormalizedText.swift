import Foundation

/// The form in which strings are compared: case, accents and widths of white space do not count.
///
/// NFKD, marks dropped, full case fold, white space trimmed and collapsed to one space, then ø→o and ł→l (ß→ss comes from the fold).
/// The form of a form is itself. ASCII takes a path without Foundation.
/// Source: https://hl7.org/fhir/R4/search.html#string
public enum NormalizedText {
    /// The form for comparison; empty if nothing but white space and marks was there.
    public static func folded(_ text: String) -> String {
        if isASCII(text) { return foldedASCII(text) }
        var result = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            let properties = scalar.properties
            if properties.isWhitespace {
                pendingSpace = !result.isEmpty
                continue
            }
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: continue
            default: break
            }
            if pendingSpace { result.append(" ") }
            pendingSpace = false
            // Upper, then lower case folds what lower case alone leaves apart (ß and ss, ς and σ).
            for upper in properties.uppercaseMapping.unicodeScalars {
                for lower in upper.properties.lowercaseMapping.unicodeScalars { append(lower, to: &result) }
            }
        }
        return String(result)
    }

    /// NFC: what `:exact` compares.
    public static func composed(_ text: String) -> String {
        isASCII(text) ? text : text.precomposedStringWithCanonicalMapping
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
        switch scalar {
        case "ø": result.append("o")
        case "ł": result.append("l")
        // The capital ẞ has no other upper case, so the fold leaves it.
        case "ß": result.append("s"); result.append("s")
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: break
            default: result.append(scalar)
            }
        }
    }

    static func isASCII(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in bytes.allSatisfy { $0 < 0x80 } }
    }

    private static func foldedASCII(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { output in
                var count = 0
                var pendingSpace = false
                for byte in bytes {
                    if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) {
                        pendingSpace = count > 0
                        continue
                    }
                    if pendingSpace { output[count] = 0x20; count += 1 }
                    pendingSpace = false
                    output[count] = lowered(byte)
                    count += 1
                }
                return count
            }
        }
    }

    /// ASCII lower case of a byte.
    @inline(__always)
    static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
