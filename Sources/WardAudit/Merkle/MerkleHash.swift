internal import Crypto

/// A SHA-256 hash of a Merkle tree: a leaf, a node or a root. 32 bytes, kept without allocation.
///
/// Source: RFC 6962 §2.1: leaf `H(0x00 ‖ entry)`, node `H(0x01 ‖ left ‖ right)`, empty tree `H()`.
public struct MerkleHash: Hashable, Sendable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    /// Thirty-two zeros: a place to be filled.
    init() {}

    /// A hash from its bytes; nil unless there are 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes) }
    }

    /// A hash from the first 32 bytes of a buffer.
    init(loading buffer: UnsafeRawBufferPointer) {
        precondition(buffer.count >= 32, "a hash has 32 bytes")
        withUnsafeMutableBytes(of: &self) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[0..<32])) }
    }

    private init(_ digest: SHA256.Digest) {
        self.init()
        digest.withUnsafeBytes { bytes in withUnsafeMutableBytes(of: &self) { $0.copyMemory(from: bytes) } }
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }

    /// Appends the 32 bytes to an array.
    func append(to array: inout [UInt8]) { withUnsafeBytes(of: self) { array.append(contentsOf: $0) } }

    /// The root of the tree without leaves.
    public static let empty = MerkleHash(SHA256().finalize())

    /// The hash of a leaf.
    public static func leaf(_ entry: some ContiguousBytesSource) -> MerkleHash {
        entry.withContiguousBytes { leaf(buffer: $0) }
    }

    /// The hash of a leaf.
    static func leaf(buffer: UnsafeRawBufferPointer) -> MerkleHash {
        var hasher = SHA256()
        var prefix: UInt8 = 0x00
        withUnsafeBytes(of: &prefix) { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: buffer)
        return MerkleHash(hasher.finalize())
    }

    /// The hash of an inner node.
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { buffer in
            buffer[0] = 0x01
            withUnsafeBytes(of: left) { UnsafeMutableRawBufferPointer(rebasing: buffer[1..<33]).copyMemory(from: $0) }
            withUnsafeBytes(of: right) { UnsafeMutableRawBufferPointer(rebasing: buffer[33..<65]).copyMemory(from: $0) }
            var hasher = SHA256()
            hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer))
            return MerkleHash(hasher.finalize())
        }
    }
}

/// Bytes that lie in one piece: arrays and slices of them.
public protocol ContiguousBytesSource {
    /// Calls `body` with the bytes.
    func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R
}

extension Array: ContiguousBytesSource where Element == UInt8 {
    public func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(body) }
}

extension ArraySlice: ContiguousBytesSource where Element == UInt8 {
    public func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(body) }
}
