/// The passphrase of a file keyring: 12 to 1,024 bytes, in memory that is zeroed on release.
public struct Passphrase: Sendable {
    private let secret: SecretBytes

    /// A passphrase; line ends at the end do not count. The bytes given are the caller's to overwrite.
    /// - Throws: ``KeyError`` with `.badPassphrase` where it is too short or too long.
    public init(_ bytes: [UInt8]) throws(KeyError) {
        let count = bytes.count - bytes.reversed().prefix { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.count
        guard (12...1_024).contains(count) else {
            throw KeyError(.badPassphrase, "passphrase of 12 to 1,024 bytes expected")
        }
        var taken = Array(bytes[..<count])
        secret = SecretBytes(taking: &taken)
    }

    /// Reads a passphrase from a file.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions` (others than the owner can read it), `.unavailable`,
    ///   `.badPassphrase`.
    public init(file path: String) throws(KeyError) {
        var bytes = try SecretFile(path).read()
        defer { bytes.wipe() }
        try self.init(bytes)
    }

    /// A random passphrase of 160 bits: 32 characters of `a-z 2-7` in groups of four.
    public static func random(_ random: RandomSource = .system) -> Passphrase {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(40)
        var bytes = random.bytes(32)
        defer { bytes.wipe() }
        for (index, byte) in bytes.enumerated() {
            if index > 0, index.isMultiple(of: 4) { text.append(UInt8(ascii: "-")) }
            text.append(alphabet[Int(byte & 31)])
        }
        return Passphrase(checked: &text)
    }

    /// Writes the passphrase to a new file that only its owner can read, durably: for development homes.
    /// - Throws: ``KeyError`` with `.exists` or `.unavailable`.
    public func write(toNewFile path: String) throws(KeyError) {
        try withBytes { bytes throws(KeyError) in
            var line = bytes + [UInt8(ascii: "\n")]
            defer { line.wipe() }
            try SecretFile(path).create(line)
        }
    }

    /// Lends a copy of the bytes, which is overwritten afterwards.
    func withBytes<Value>(_ body: ([UInt8]) throws(KeyError) -> Value) throws(KeyError) -> Value {
        try secret.withBytes(body)
    }

    private init(checked bytes: inout [UInt8]) { secret = SecretBytes(taking: &bytes) }
}

extension Passphrase: CustomStringConvertible, CustomReflectable {
    public var description: String { "Passphrase(redacted)" }

    /// Shows nothing, so that dumping a value that holds a passphrase does not print it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
