internal import CPasswords
internal import Crypto

/// Common and breached passwords, as fingerprints: whether a password is among them, not which they are.
///
/// Format: the first four bytes of the SHA-256 of each password in ``fold(_:)`` form, sorted, each once. A password
/// that is not on a list is taken for one in about one of 70,000 cases; then another one must be chosen. Source:
/// NIST SP 800-63B-4 §3.1.1.2; the lists are those that Django and zxcvbn publish.
public struct PasswordBlocklist: Sendable {
    static let fingerprintByteCount = 4

    /// Sorted.
    private let fingerprints: [UInt32]

    /// The lists that this program was built with.
    static let builtIn = PasswordBlocklist(
        encoded: UnsafeBufferPointer(start: ward_passwords_start(), count: Int(ward_passwords_length)))

    /// A list as ``encode(_:)`` wrote it.
    init(encoded bytes: some Collection<UInt8>) {
        precondition(bytes.count % Self.fingerprintByteCount == 0, "a list holds whole fingerprints")
        var values: [UInt32] = []
        values.reserveCapacity(bytes.count / Self.fingerprintByteCount)
        var value: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            value = value << 8 | UInt32(byte)
            if index % Self.fingerprintByteCount == Self.fingerprintByteCount - 1 { values.append(value) }
        }
        fingerprints = values
    }

    /// Whether the password is on a list, whatever its case.
    func contains(_ password: String) -> Bool {
        let wanted = Self.fingerprint(of: Self.fold(password))
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if fingerprints[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < count && fingerprints[low] == wanted
    }

    /// How many fingerprints there are.
    var count: Int { fingerprints.count }

    /// The form in which passwords are compared: lower case, in NFC.
    static func fold(_ password: String) -> String { UserName.fold(password) }

    private static func fingerprint(of folded: String) -> UInt32 {
        SHA256.hash(data: Array(folded.utf8)).prefix(fingerprintByteCount).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The bytes that a program is built with, from passwords in the clear.
    public static func encode(_ passwords: some Sequence<String>) -> [UInt8] {
        Set(passwords.map { fingerprint(of: fold($0)) }).sorted().flatMap { value in
            (0..<fingerprintByteCount).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
    }
}
