internal import Crypto
internal import Foundation
internal import Logging
internal import WardAudit
internal import WardIdentity
internal import WardSQLite
internal import WardTesting

/// What it costs to know who calls, and what a flood of sign-ins does to everybody else.
struct AuthMeasure {
    /// A folder for the log; it is made and removed.
    let folder: String

    private static let checks = 200_000
    private static let perSecond = 200

    /// How long the check of a session's token takes, in this process, for a session that is in use.
    func check(into table: inout Table) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SQLiteAuditStore.open(path: folder + "/audit.db")
        let log = try await AuditLog.open(
            store: store, origin: try LogOrigin(deployment: "bench"),
            keys: AuditKeys(auditKey: SymmetricKey(size: .bits256), pseudonymKey: SymmetricKey(size: .bits256)),
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        let identity = Self.identity(log)
        let made = try await identity.users.add(
            name: "bench", role: .clinician, password: nil, by: LocalOperator.caller(osUser: "bench"))
        guard let password = made.password, let code = made.totpURI.flatMap({ OneTimeCode(uri: $0) })?.current() else {
            throw BenchError("an account could not be made")
        }
        let session = try await identity.signIn.signIn(name: "bench", password: password, code: code, source: "127.0.0.1")
        let start = ContinuousClock.now
        for _ in 0..<Self.checks {
            let caller = try await identity.authenticator.authenticate(token: session.token, source: "127.0.0.1")
            guard caller.isProven else { throw BenchError("a session has not two factors") }
        }
        let each = start.duration(to: .now) / .microseconds(1) / Double(Self.checks)
        table.add("auth: token check of a request, one core", "\(Table.decimal(each)) µs", target: "15 µs")
        await store.close()
    }

    private static func identity(_ log: AuditLog) -> Identity {
        Identity(
            users: InMemoryCollection(lookups: User.lookups), sessions: InMemoryCollection(lookups: Session.lookups),
            passkeys: InMemoryCollection(lookups: Passkey.lookups),
            oauth: OAuthParts(
                clients: InMemoryCollection(), grants: InMemoryCollection(lookups: Grant.lookups),
                assertions: InMemoryCollection(), launches: InMemoryCollection(),
                signer: TokenSigner(secrets: [SymmetricKey(size: .bits256)]),
                keySets: KeySetSource { _ in throw BenchError("no client has keys here") },
                opened: { scope, _ in scope.rights }),
            pepper: Pepper(key: SymmetricKey(size: .bits256)), log: log)
    }

    /// Reads by id with nobody else there, then while sign-ins are tried from fifty addresses.
    static func flood(_ requests: RequestMeasures, into table: inout Table) throws {
        let calm = try requests.reads()
        table.add("auth: read by id, nobody signing in", calm)
        let flood = try SignInFlood(port: requests.home.port, authority: requests.home.authority, perSecond: perSecond)
        let reads: Latencies
        do {
            reads = try requests.reads()
        } catch {
            _ = try? flood.finish()
            throw error
        }
        let answers = try flood.finish()
        table.add(
            "auth: read by id, \(perSecond) sign-ins/s tried", reads, floor: calm.perSecond, target: "p99 as calm")
        let words = answers.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }.joined(separator: ", ")
        table.note("sign-ins of the flood were answered: \(words)")
    }
}
