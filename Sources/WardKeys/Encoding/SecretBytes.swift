internal import Crypto

/// A few secret bytes that are no key, such as a passphrase or a PIN, in memory that is zeroed on release.
package struct SecretBytes: Sendable {
    // The container of a key: it zeroes its memory, compares in constant time and shows nothing of itself.
    private let storage: SymmetricKey

    /// Takes the bytes and overwrites where they were. Whoever else holds that array keeps a copy of it.
    package init(taking bytes: inout [UInt8]) {
        storage = SymmetricKey(data: bytes)
        bytes.wipe()
    }

    package var count: Int { storage.bitCount / 8 }

    /// Lends a copy of the bytes, which is overwritten afterwards.
    package func withBytes<Value, Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Value) throws(Failure) -> Value {
        var bytes = storage.withUnsafeBytes { Array($0) }
        defer { bytes.wipe() }
        return try body(bytes)
    }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
    package var description: String { "SecretBytes(redacted)" }

    /// Shows nothing.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension [UInt8] {
    /// Overwrites the elements with zeros and removes them. An array that shares its memory with another keeps that.
    package mutating func wipe() {
        withUnsafeMutableBytes { $0.wipe() }
        self = []
    }
}
