internal import Crypto
internal import Synchronization

/// Challenges: unguessable, good for five minutes, for one purpose and one browser, once.
///
/// A challenge vouches for itself by a key that this process alone has, so that asking for many fills nothing; only those
/// that were answered well are remembered until they expire. After a restart older ones are worth nothing.
final class PasskeyChallenges: Sendable {
    /// What a challenge is for. One for something else is worth nothing.
    enum Purpose: String, Sendable {
        case registration, stepUp, external
        case signIn = "sign-in"
    }

    /// Microseconds.
    static let lifetime: Int64 = 5 * 60_000_000
    private static let randomByteCount = 32
    /// More answers than a server can check within the lifetime.
    private static let limit = 1_000_000

    private let key = SymmetricKey(size: .bits256)
    private let used = Mutex(Used())

    private struct Used {
        /// Until when each must be remembered.
        var challenges: [[UInt8]: Int64] = [:]
        /// When those that are worth nothing any more are next forgotten.
        var sweptAt = Int64.min
    }

    /// A new challenge. `binding`: the browser or session that must bring it back.
    func make(_ purpose: Purpose, boundTo binding: String, now: Int64) -> [UInt8] {
        let head = SecureRandom.bytes(Self.randomByteCount) + Self.bytes(now + Self.lifetime)
        return head + code(head, purpose, binding)
    }

    /// Whether a challenge is good for this purpose and this browser now.
    func isGood(_ challenge: [UInt8], _ purpose: Purpose, boundTo binding: String, now: Int64) -> Bool {
        guard challenge.count == Self.randomByteCount + 8 + SHA256.byteCount else { return false }
        let head = Array(challenge.prefix(Self.randomByteCount + 8))
        guard ConstantTime.equal(Array(challenge.dropFirst(head.count)), code(head, purpose, binding)) else { return false }
        let expiry = head.suffix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return (now..<(now + Self.lifetime + 60_000_000)).contains(expiry)
    }

    /// Uses a good challenge up; false where it was used.
    func use(_ challenge: [UInt8], now: Int64) -> Bool {
        used.withLock { used in
            if used.sweptAt == .min || now - used.sweptAt >= Self.lifetime {
                used.challenges = used.challenges.filter { $0.value > now }
                used.sweptAt = now
            }
            guard used.challenges.count < Self.limit else { return false }
            return used.challenges.updateValue(now + Self.lifetime + 60_000_000, forKey: challenge) == nil
        }
    }

    /// A secret that goes with a challenge and can be told from it by this process alone.
    func secret(_ label: String, of challenge: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(label)\n".utf8) + challenge, using: key))
    }

    /// How many used ones are remembered.
    var count: Int { used.withLock { $0.challenges.count } }

    private func code(_ head: [UInt8], _ purpose: Purpose, _ binding: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: head + Array("\(purpose.rawValue)\n\(binding)".utf8), using: key))
    }

    private static func bytes(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * Int64($0))) }
    }
}
