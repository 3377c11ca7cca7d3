/// Unpredictable bytes, from the operating system.
enum SecureRandom {
    /// So many bytes.
    static func bytes(_ count: Int) -> [UInt8] {
        var system = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &system) }
    }
}
