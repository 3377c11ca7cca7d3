/// Where keys, nonces and passphrases come from. Injected, so that tests can repeat themselves.
public struct RandomSource: Sendable {
    private let word: @Sendable () -> UInt64

    /// A source that takes 64 unpredictable bits a call from `word`.
    public init(word: @escaping @Sendable () -> UInt64) { self.word = word }

    /// The operating system's generator (getrandom(2) on Linux).
    public static let system = RandomSource { var generator = SystemRandomNumberGenerator(); return generator.next() }

    /// 64 random bits.
    public func next() -> UInt64 { word() }

    /// Fills memory with random bytes.
    public func fill(_ target: UnsafeMutableRawBufferPointer) {
        var offset = 0
        while offset < target.count {
            let count = min(8, target.count - offset)
            withUnsafeBytes(of: word()) { bits in
                UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bits[..<count]))
            }
            offset += count
        }
    }

    /// `count` random bytes. For what is secret, prefer ``key()``, whose memory is zeroed on release.
    public func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            initialized = count
        }
    }
}
