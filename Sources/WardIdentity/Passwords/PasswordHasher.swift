internal import Crypto
internal import Foundation
internal import Synchronization

/// Hashes and checks passwords, off the event loop and the cooperative pool, a few at a time, on threads that give way to
/// requests: whatever number of sign-ins is tried, reads go on at nearly their speed (decision 0021).
///
/// Every check takes one run of scrypt, also where there is no hash to check against, so that its time says nothing
/// of the account.
public final class PasswordHasher: Sendable {
    /// Bounds of the work.
    public struct Limits: Sendable {
        /// Hashes that are computed at once. Each takes 32 MiB and a core.
        public var concurrentHashes: Int
        /// Hashes that wait, of strangers half as many. Past it a sign-in is turned away as busy.
        public var waitingHashes: Int
        /// How long one waits at most before it is turned away as busy.
        public var patience: Duration

        /// Bounds; by default one at once for each four cores, 32 waiting, for ten seconds at most.
        public init(concurrentHashes: Int = Self.perCores, waitingHashes: Int = 32, patience: Duration = .seconds(10)) {
            self.concurrentHashes = concurrentHashes
            self.waitingHashes = waitingHashes
            self.patience = patience
        }

        /// A quarter of the cores, at least one and at most eight.
        public static var perCores: Int { min(8, max(1, ProcessInfo.processInfo.activeProcessorCount / 4)) }
    }

    /// Too much waits already; the caller tries again later.
    struct Busy: Error {}

    private let pepper: Pepper
    private let settings: ScryptSettings
    private let threads: HashingThreads
    private let decoy: PasswordHash
    private let count = Mutex(0)

    /// A hasher that makes new hashes with `settings`.
    public init(pepper: Pepper, settings: ScryptSettings = .standard, limits: Limits = Limits()) {
        self.pepper = pepper
        self.settings = settings
        self.threads = HashingThreads(
            width: limits.concurrentHashes, queueLimit: limits.waitingHashes, patience: limits.patience)
        self.decoy = PasswordHash(
            settings: settings, pepperVersion: pepper.version, salt: Self.randomBytes(PasswordHash.saltByteCount),
            hash: Self.randomBytes(PasswordHash.hashByteCount))
    }

    /// How many times scrypt has run: the measure by which tests show equal work.
    var runs: Int { count.withLock { $0 } }

    /// Turns somebody away before any work is done for them, where there would be no turn for them.
    /// - Throws: ``Busy``.
    func requireRoom(for standing: HashingThreads.Standing) throws {
        guard threads.hasRoom(for: standing) else { throw Busy() }
    }

    /// A hash of a new password under today's settings.
    func hash(_ password: String) async throws -> String {
        let salt = Self.randomBytes(PasswordHash.saltByteCount)
        let hash = try await derive(password, salt, settings, for: .familiar)
        return PasswordHash(settings: settings, pepperVersion: pepper.version, salt: salt, hash: hash).phc
    }

    /// Whether `password` is the one that was hashed; false where there is no hash, after the same work.
    func verify(
        _ password: String, against phc: String?, for standing: HashingThreads.Standing = .familiar
    ) async throws -> Bool {
        let parsed = phc.flatMap { PasswordHash(phc: $0) }.flatMap { $0.pepperVersion == pepper.version ? $0 : nil }
        let target = parsed ?? decoy
        let allowed = PasswordPolicy.acceptedLengths.contains(password.unicodeScalars.count)
        let derived = try await derive(allowed ? password : "", target.salt, target.settings, for: standing)
        return ConstantTime.equal(derived, target.hash) && parsed != nil && allowed
    }

    /// A hash of a new password, if it is none of the former ones.
    /// - Throws: ``OwnAccountError`` with `.passwordRefused`, or ``Busy``.
    func accepted(_ password: String, besides former: [String]) async throws -> String {
        for hash in former where try await verify(password, against: hash) {
            throw OwnAccountError(.passwordRefused(.usedBefore))
        }
        return try await hash(password)
    }

    /// Whether the hash was made with less work than today's settings ask for, or under another pepper.
    func isOutdated(_ phc: String) -> Bool {
        guard let hash = PasswordHash(phc: phc) else { return true }
        return hash.settings.work < settings.work || hash.pepperVersion != pepper.version
    }

    private func derive(
        _ password: String, _ salt: [UInt8], _ settings: ScryptSettings, for standing: HashingThreads.Standing
    ) async throws -> [UInt8] {
        let normalised = Array(Normalisation.nfc(password).utf8)
        let input = Array(HMAC<SHA256>.authenticationCode(for: normalised, using: pepper.key))
        let result = await threads.run(for: standing) { Result { try PasswordHash.derive(from: input, salt: salt, settings) } }
        guard let result else { throw Busy() }
        count.withLock { $0 += 1 }
        return try result.get()
    }

    private static func randomBytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
}
