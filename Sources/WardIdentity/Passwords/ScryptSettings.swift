/// The cost of one scrypt hash. Source: RFC 7914; OWASP Password Storage Cheat Sheet.
public struct ScryptSettings: Sendable, Hashable {
    /// The binary logarithm of N.
    public let logarithmOfRounds: Int
    /// r.
    public let blockSize: Int
    /// p.
    public let parallelism: Int

    /// Fails for settings out of bounds: they would take more memory (over 256 MiB) or time than one sign-in may.
    public init?(logarithmOfRounds: Int, blockSize: Int, parallelism: Int) {
        guard (1...20).contains(logarithmOfRounds), (1...32).contains(blockSize), (1...16).contains(parallelism),
            (128 * blockSize) << logarithmOfRounds <= 256 << 20
        else { return nil }
        self.logarithmOfRounds = logarithmOfRounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    private init(_ logarithmOfRounds: Int, _ blockSize: Int, _ parallelism: Int) {
        self.logarithmOfRounds = logarithmOfRounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// N = 2^15, r = 8, p = 3: 32 MiB and about 0.16 s on one core.
    public static let standard = ScryptSettings(15, 8, 3)

    /// The work that a hash takes, to compare settings: N · r · p.
    var work: Int { (blockSize * parallelism) << logarithmOfRounds }
}
