internal import CryptoExtras
#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A hashed password: scrypt over HMAC-SHA256(pepper, NFC(password)), written as a PHC string.
///
/// Shape: `$scrypt$ln=15,r=8,p=3,k=1$SALT$HASH`; `k` is the version of the pepper, SALT (16 bytes) and HASH (32
/// bytes) are base64 without padding. Source: https://github.com/P-H-C/phc-string-format, RFC 7914.
struct PasswordHash: Sendable, Hashable {
    static let saltByteCount = 16
    static let hashByteCount = 32

    let settings: ScryptSettings
    let pepperVersion: UInt32
    let salt: [UInt8]
    let hash: [UInt8]

    init(settings: ScryptSettings, pepperVersion: UInt32, salt: [UInt8], hash: [UInt8]) {
        self.settings = settings
        self.pepperVersion = pepperVersion
        self.salt = salt
        self.hash = hash
    }

    /// Fails unless `text` is such a string with settings in bounds.
    init?(phc text: String) {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt" else { return nil }
        let names = ["ln", "r", "p", "k"]
        let pairs = fields[2].split(separator: ",", omittingEmptySubsequences: false)
        guard pairs.count == names.count else { return nil }
        var numbers: [Int] = []
        for (pair, name) in zip(pairs, names) {
            guard pair.hasPrefix(name + "="), let number = UInt32(pair.dropFirst(name.count + 1)) else { return nil }
            numbers.append(Int(number))
        }
        guard
            let settings = ScryptSettings(
                logarithmOfRounds: numbers[0], blockSize: numbers[1], parallelism: numbers[2]),
            let salt = Self.decode(fields[3]), salt.count == Self.saltByteCount,
            let hash = Self.decode(fields[4]), hash.count == Self.hashByteCount
        else { return nil }
        self.init(settings: settings, pepperVersion: UInt32(numbers[3]), salt: salt, hash: hash)
    }

    /// The PHC string.
    var phc: String {
        "$scrypt$ln=\(settings.logarithmOfRounds),r=\(settings.blockSize),p=\(settings.parallelism),k=\(pepperVersion)"
            + "$\(Self.encode(salt))$\(Self.encode(hash))"
    }

    /// One run of scrypt. `input` is the peppered password.
    static func derive(from input: [UInt8], salt: [UInt8], _ settings: ScryptSettings) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: input, salt: salt, outputByteCount: hashByteCount, rounds: 1 << settings.logarithmOfRounds,
            blockSize: settings.blockSize, parallelism: settings.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString()
        return String(text.prefix { $0 != "=" })
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        guard !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding) else { return nil }
        // Strict: what would be written otherwise is refused.
        return encode([UInt8](data)) == text ? [UInt8](data) : nil
    }
}
