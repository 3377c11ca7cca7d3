#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Where keys, nonces and passphrases come from. Injected, so that tests can repeat themselves.
public struct RandomSource: Sendable {
    /// Nil: the operating system fills memory at once, with one call instead of one for each word.
    private let word: (@Sendable () -> UInt64)?

    /// A source that takes 64 unpredictable bits a call from `word`.
    public init(word: @escaping @Sendable () -> UInt64) { self.word = word }

    private init() { word = nil }

    /// The operating system's generator (getrandom(2) on Linux).
    public static let system = RandomSource()

    /// 64 random bits.
    public func next() -> UInt64 {
        guard let word else {
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
        return word()
    }

    /// Fills memory with random bytes.
    public func fill(_ target: UnsafeMutableRawBufferPointer) {
        guard let word else { return Self.fillFromSystem(target) }
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

    private static func fillFromSystem(_ target: UnsafeMutableRawBufferPointer) {
        // One call gives at most 256 bytes, which is what getentropy promises to give whole.
        var rest = target[...]
        while !rest.isEmpty {
            let part = UnsafeMutableRawBufferPointer(rebasing: rest.prefix(256))
            let code = getentropy(part.baseAddress!, part.count)
            precondition(code == 0, "without the system's generator nothing may be sealed")
            rest = rest.dropFirst(256)
        }
    }
}
