/// Bytes in the one form over which seals, key contexts and tokens are computed.
///
/// Integers are big endian. A length prefix is a big-endian u16, so that no two lists of fields give the same bytes.
public struct CanonicalBytes: Sendable {
    @usableFromInline var storage: [UInt8] = []

    /// What was written so far.
    @inlinable public var bytes: [UInt8] { storage }

    /// Begins with the ASCII text of `label`, which names the purpose and its version, such as `res/v1`; it may be
    /// empty.
    @inlinable
    public init(_ label: StaticString, capacity: Int = 160) {
        storage.reserveCapacity(capacity)
        label.withUTF8Buffer { text in storage.append(contentsOf: text) }
    }

    /// Appends `LP(value)`. Only the first 65,535 bytes count; callers bound what can be longer.
    @inlinable
    public mutating func lengthPrefixed(_ value: some Collection<UInt8>) {
        let count = min(value.count, 0xFFFF)
        integer(UInt16(count))
        storage.append(contentsOf: value.prefix(count))
    }

    /// Appends `LP(UTF-8 of text)`; see ``lengthPrefixed(_:)-(Collection<UInt8>)``.
    @inlinable
    public mutating func lengthPrefixed(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            let count = min(bytes.count, 0xFFFF)
            integer(UInt16(count))
            storage.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[..<count]))
        }
    }

    /// Appends an integer, big endian.
    @inlinable
    public mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.bigEndian) { storage.append(contentsOf: $0) }
    }

    /// Appends bytes without a prefix.
    @inlinable
    public mutating func raw(_ value: some Sequence<UInt8>) { storage.append(contentsOf: value) }
}
