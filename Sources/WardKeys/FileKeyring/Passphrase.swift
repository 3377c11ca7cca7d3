/// The passphrase of a file keyring: 12 to 1,024 bytes.
///
/// It is held in ordinary memory until the root key is derived, then released; Swift gives no promise that an array's
/// memory is zeroed.
public struct Passphrase: Sendable {
    let bytes: [UInt8]

    /// A passphrase; line ends at the end do not count.
    /// - Throws: ``KeyError`` with `.badPassphrase` where it is too short or too long.
    public init(_ bytes: [UInt8]) throws(KeyError) {
        var bytes = bytes
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard (12...1_024).contains(bytes.count) else {
            throw KeyError(.badPassphrase, "passphrase of 12 to 1,024 bytes expected")
        }
        self.bytes = bytes
    }

    /// Reads a passphrase from a file.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions` (others than the owner can read it), `.unavailable`,
    ///   `.badPassphrase`.
    public init(file path: String) throws(KeyError) {
        try self.init(SecretFile(path).read())
    }

    /// A random passphrase of 160 bits: 32 characters of `a-z 2-7` in groups of four.
    public static func random(_ random: RandomSource = .system) -> Passphrase {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var text: [UInt8] = []
        for (index, byte) in random.bytes(32).enumerated() {
            if index > 0, index.isMultiple(of: 4) { text.append(UInt8(ascii: "-")) }
            text.append(alphabet[Int(byte & 31)])
        }
        return Passphrase(checked: text)
    }

    /// Writes the passphrase to a new file that only its owner can read, durably: for development homes.
    /// - Throws: ``KeyError`` with `.exists` or `.unavailable`.
    public func write(toNewFile path: String) throws(KeyError) {
        try SecretFile(path).create(bytes + [UInt8(ascii: "\n")])
    }

    private init(checked bytes: [UInt8]) { self.bytes = bytes }
}

extension Passphrase: CustomStringConvertible, CustomReflectable {
    public var description: String { "Passphrase(redacted)" }

    /// Shows nothing, so that dumping a value that holds a passphrase does not print it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
