internal import Crypto
internal import FoundationEssentials

/// The form of every file of the keyring: one line `FORMAT VERSION SHA-256-in-hex`, then a JSON document that the
/// digest covers.
///
/// The digest tells a damaged file from a wrong passphrase. It protects from accidents; against an attacker stand the
/// authenticated contexts of the wrapped keys inside.
struct CheckedDocument<Body: Codable & Sendable>: Sendable {
    let format: String
    /// The version that is written.
    let version: Int
    /// The oldest version that is read.
    var oldest = 1

    /// The file's bytes for a body.
    func encode(_ body: Body) throws(KeyError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            let json = try Array(encoder.encode(body)) + [UInt8(ascii: "\n")]
            return Array("\(format) \(version) \(Self.digest(json))\n".utf8) + json
        } catch {
            throw KeyError(.damaged, "encode \(format)")
        }
    }

    /// The body of a file.
    /// - Throws: ``KeyError`` with `.damaged`, `.newerFormat` or `.olderFormat`.
    func decode(_ bytes: [UInt8]) throws(KeyError) -> Body {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { throw KeyError(.damaged, format) }
        let words = bytes[..<end].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 3, words[0] == format, let written = Int(words[1]) else {
            throw KeyError(.damaged, format)
        }
        guard written <= version else { throw KeyError(.newerFormat, "\(format) \(written)") }
        let json = Array(bytes[(end + 1)...])
        guard written > 0, words[2] == Self.digest(json) else { throw KeyError(.damaged, format) }
        guard written >= oldest else { throw KeyError(.olderFormat, "\(format) \(written)") }
        do {
            return try JSONDecoder().decode(Body.self, from: Data(json))
        } catch {
            throw KeyError(.damaged, format)
        }
    }

    private static func digest(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in SHA256.hash(data: bytes) { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Bytes that stand in JSON as base64.
struct Base64Bytes: Codable, Hashable, Sendable {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let data = Data(base64Encoded: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "base64 expected")
        }
        bytes = Array(data)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes).base64EncodedString())
    }
}
