import Crypto
import Synchronization
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

/// A house with accounts and sessions, over collections that live on when it is opened anew.
final class House: Sendable {
    /// What was written to the audit log, and how: with the data, or before the answer.
    struct Entry: Sendable, Equatable {
        var fact: IdentityFact
        var actor: TrailActor
        var isCommittedWithData: Bool
    }

    static let quick = ScryptSettings(logarithmOfRounds: 4, blockSize: 1, parallelism: 1)!
    static let operatorCaller = LocalOperator.caller(osUser: "root")
    static let password = "Correct-Horse-7"
    static let source = "192.0.2.1"

    let clock: FixedClock
    let users: InMemoryCollection<User>
    let sessions: InMemoryCollection<Session>
    let passkeys: InMemoryCollection<Passkey>
    let oauth: OAuthStores
    let identity: Identity
    private let journal: Journal

    private final class Journal: Sendable {
        let entries = Mutex<[Entry]>([])
        let isBroken = Mutex(false)

        func write(_ entry: Entry) throws {
            if isBroken.withLock({ $0 }) { throw Broken() }
            entries.withLock { $0.append(entry) }
        }
    }

    struct Broken: Error {}

    convenience init(settings: IdentitySettings = House.settings(), provider: SoftProvider? = nil) {
        let clock = FixedClock()
        self.init(
            clock, InMemoryCollection(clock: clock, lookups: User.lookups),
            InMemoryCollection(clock: clock, lookups: Session.lookups),
            InMemoryCollection(clock: clock, lookups: Passkey.lookups), OAuthStores(clock, provider), Journal(), settings)
    }

    /// The same house after a restart: nothing is left but what was stored.
    func restarted(settings: IdentitySettings = House.settings()) -> House {
        House(clock, users, sessions, passkeys, oauth, journal, settings)
    }

    private init(
        _ clock: FixedClock, _ users: InMemoryCollection<User>, _ sessions: InMemoryCollection<Session>,
        _ passkeys: InMemoryCollection<Passkey>, _ oauth: OAuthStores, _ journal: Journal, _ settings: IdentitySettings
    ) {
        self.clock = clock
        self.users = users
        self.sessions = sessions
        self.passkeys = passkeys
        self.oauth = oauth
        self.journal = journal
        let trail = IdentityTrail(
            outbox: { fact, actor in
                try journal.write(Entry(fact: fact, actor: actor, isCommittedWithData: true))
                return OutboxEvent(id: EventID(SecureRandom.bytes(16))!, entry: [])
            },
            record: { fact, actor in
                await Task.yield()
                try journal.write(Entry(fact: fact, actor: actor, isCommittedWithData: false))
            })
        identity = Identity(
            users: users, sessions: sessions, passkeys: passkeys, oauth: oauth.parts,
            pepper: Pepper(key: SymmetricKey(data: [UInt8](repeating: 3, count: 32))),
            trail: trail, settings: settings, clock: clock, tenant: .first)
    }

    /// Settings for tests: cheap hashes, and no address held back unless asked.
    static func settings(
        sessions: SessionPolicy = .standard, scrypt: ScryptSettings = quick,
        hashing: PasswordHasher.Limits = .init(concurrentHashes: 2, waitingHashes: 1_000, patience: .seconds(600)), refusals: Int = 1_000_000
    ) -> IdentitySettings {
        IdentitySettings(sessions: sessions, scrypt: scrypt, hashing: hashing, refusalsPerSource: refusals)
    }

    var journalEntries: [Entry] { journal.entries.withLock { $0 } }
    var facts: [IdentityFact] { journalEntries.map(\.fact) }
    func breakAuditLog(_ isBroken: Bool = true) { journal.isBroken.withLock { $0 = isBroken } }

    @discardableResult
    func add(_ name: String = "ada", _ role: Role = .clinician) async throws -> NewCredentials {
        try await identity.users.add(name: name, role: role, password: Self.password, by: Self.operatorCaller)
    }

    /// Does what a person does behind a link: takes the app of the page, or the one that stays, and chooses a password.
    @discardableResult
    func activate(
        _ invitation: NewInvitation, password: String = House.password
    ) async throws -> [String] {
        clock.advance(by: .seconds(60))
        let offer = try await identity.activation.offer(token: invitation.token, source: Self.source)
        let shown = offer.totpURI.map { Self.code(of: $0, at: clock.now()) }
        let code = if let shown { shown } else { try await code(invitation.name) }
        return try await identity.activation.activate(
            token: invitation.token, view: offer.view, password: password, code: code, source: Self.source)
    }

    /// The code that an app shows which took this address.
    static func code(of uri: String, at now: Int64, steps: Int64 = 0) -> String {
        let secret = uri.split(separator: "secret=").last.flatMap { Base32.decode(String($0.prefix { $0 != "&" })) } ?? []
        return TOTP(secret: secret).code(at: TOTP.step(at: now) + steps)
    }

    func user(_ name: String = "ada") async throws -> CollectionItem<User> {
        try await users.find("name", name).first!
    }

    /// The code that the account's app shows, some steps from now.
    func code(_ name: String = "ada", steps: Int64 = 0) async throws -> String {
        let secret = Base32.decode(try await user(name).value.totpSecret)!
        return TOTP(secret: secret).code(at: TOTP.step(at: clock.now()) + steps)
    }

    func signIn(
        _ name: String = "ada", password: String = House.password, code: String, source: String = House.source
    ) async throws(SignInError) -> IssuedSession {
        try await identity.signIn.signIn(name: name, password: password, code: code, source: source)
    }

    /// Signs in with the next code that was not used yet, moving the clock on by a step.
    func signIn(_ name: String = "ada") async throws -> IssuedSession {
        clock.advance(by: .seconds(30))
        return try await signIn(name, code: code(name))
    }

    func caller(_ session: IssuedSession) async throws(AuthenticationError) -> Caller {
        try await identity.authenticator.authenticate(token: session.token, source: Self.source)
    }

    func isLive(_ session: IssuedSession) async -> Bool { (try? await caller(session)) != nil }
}
