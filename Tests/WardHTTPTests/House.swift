import Crypto
import Synchronization
import WardDatabase
import WardHTTP
import WardPHI
import WardRecords
import WardTesting
import WardAccess
@testable import WardAudit
@testable import WardIdentity

/// The layers below, as small as they can be: three people with a token each, and an endpoint that keeps what it was
/// asked.
final class House: Sendable {
    static let clinician = "clinician-token"
    static let administrator = "administrator-token"
    static let importer = "importer-token"
    static let auditor = "auditor-token"

    struct Unwell: Error {}

    let requests = Mutex<[FHIRRequest]>([])
    let questions = Mutex<[AuditQuestion?]>([])
    let auditAnswer = Mutex<AuditDesk.Reply>(.unknown("nobody"))
    let signedOut = Mutex<[String]>([])
    let answer: Mutex<@Sendable (FHIRRequest) async throws -> FHIRResponse>
    let unwell = Mutex<Set<String>>([])
    let refusals = Mutex<[String]>([])

    /// Real accounts, over collections in memory.
    let users = InMemoryCollection<User>(lookups: User.lookups)
    let identity: Identity

    init(
        answer: @escaping @Sendable (FHIRRequest) async throws -> FHIRResponse = { _ in
            FHIRResponse(status: 200, body: Array("{}".utf8))
        }
    ) {
        self.answer = Mutex(answer)
        identity = Identity(
            users: users, sessions: InMemoryCollection(lookups: Session.lookups),
            passkeys: InMemoryCollection(lookups: Passkey.lookups),
            oauth: OAuthParts(
                clients: InMemoryCollection(), grants: InMemoryCollection(lookups: Grant.lookups),
                assertions: InMemoryCollection(), launches: InMemoryCollection(),
                signer: TokenSigner(secrets: [SymmetricKey(size: .bits256)]),
                keySets: KeySetSource { _ in throw Unwell() }, opened: { scope, _ in scope.rights }),
            pepper: Pepper(key: SymmetricKey(size: .bits256)),
            trail: IdentityTrail(
                outbox: { _, _ in OutboxEvent(id: EventID([UInt8](repeating: 1, count: 16))!, entry: []) },
                record: { _, _ in }),
            settings: IdentitySettings(
                scrypt: ScryptSettings(logarithmOfRounds: 4, blockSize: 1, parallelism: 1)!,
                hashing: .init(concurrentHashes: 2, waitingHashes: 1_000, patience: .seconds(600))),
            clock: SystemWallClock(), tenant: .first)
    }

    var last: FHIRRequest? { requests.withLock { $0.last } }

    var services: EdgeServices {
        EdgeServices(
            authenticate: { token, source in
                if self.unwell.withLock({ $0.contains("sessions") }) { throw Unwell() }
                return Self.caller(token, source: source)
            },
            signIn: { form, _ in
                if form.name == "often" { throw SignInError(.throttled(retryAfterSeconds: 9)) }
                if form.name == "later" { throw SignInError(.unavailable) }
                guard form.name == "ada", form.password.revealed == "correct", form.code.revealed == "123456" else {
                    return nil
                }
                return SignInAnswer(
                    token: Protected(Self.clinician), idleSeconds: 900, expiresAt: 1_769_846_709_120_000)
            },
            browserSignIn: { form, source in
                do {
                    let session = try await self.identity.signIn.signIn(
                        name: form.name, password: form.password.revealed, code: form.code.revealed, source: source,
                        channel: .browser)
                    return Protected(session.token)
                } catch let error as SignInError where error.code == .refused {
                    return nil
                }
            },
            browser: { token, source in
                try? await self.identity.authenticator.authenticate(token: token, source: source)
            },
            refused: { status, path, _, caller in
                self.refusals.withLock { $0.append("\(status) \(path) \(caller?.name ?? "-")") }
            },
            signOut: { caller in self.signedOut.withLock { $0.append(caller.name) } },
            accounts: AccountServices(
                activation: identity.activation, own: identity.ownAccount, passkeys: identity.passkeys,
                signIn: identity.signIn, external: identity.external,
                qrCode: { _ in [[true, false], [false, true]] }),
            oauth: identity.authorizationServer,
            fhir: { request, _ in
                self.requests.withLock { $0.append(request) }
                let answer = self.answer.withLock { $0 }
                return Audited(recorded: try await answer(request), events: [])
            },
            audit: { question, caller, _ in
                self.questions.withLock { $0.append(question) }
                guard caller.name == Self.auditor else {
                    return Audited(recorded: .refused(Refusal.outsideFilter), events: [])
                }
                let answer = self.auditAnswer.withLock { $0 }
                return Audited(recorded: answer, events: [])
            },
            capability: { Array(#"{"resourceType":"CapabilityStatement","url":"\#($0)/metadata"}"#.utf8) },
            observe: { $0.name == Self.administrator ? .permit : .refuse },
            readiness: ["records", "audit-log"].map { name in
                ReadinessCheck(name) { if self.unwell.withLock({ $0.contains(name) }) { throw Unwell() } }
            })
    }

    static func caller(_ token: String, source: String) -> Caller? {
        let role: Role
        switch token {
        case clinician: role = .clinician
        case administrator: role = .administrator
        case importer: role = .importer
        case auditor: role = .auditor
        default: return nil
        }
        return Caller(
            subject: .user(TimeOrderedIDs().nextLogicalID(), name: token), role: role, session: nil,
            factors: [.password, .oneTimeCode], tenant: .first, source: source)
    }
}
