import Crypto
import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardAccess
@testable import WardIdentity

@Suite("Administration of accounts")
struct UserAdministrationTests {
    private let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)

    private func administration() -> UserAdministration {
        let trail = IdentityTrail(
            outbox: { _, _ in OutboxEvent(id: EventID([UInt8](repeating: 1, count: 16))!, entry: []) },
            record: { _, _ in })
        let identity = Identity(
            users: InMemoryCollection(lookups: User.lookups), sessions: InMemoryCollection(lookups: Session.lookups),
            passkeys: InMemoryCollection(lookups: Passkey.lookups),
            oauth: OAuthParts(
                clients: InMemoryCollection(), grants: InMemoryCollection(lookups: Grant.lookups),
                assertions: InMemoryCollection(), launches: InMemoryCollection(),
                signer: TokenSigner(secrets: [SymmetricKey(size: .bits256)]),
                keySets: KeySetSource { _ in ([], 0) }, opened: { scope, _ in scope.rights }),
            pepper: Pepper(key: SymmetricKey(size: .bits256)), trail: trail,
            settings: IdentitySettings(
                scrypt: ScryptSettings(logarithmOfRounds: 4, blockSize: 1, parallelism: 1)!,
                hashing: .init(concurrentHashes: 2, waitingHashes: 1_000, patience: .seconds(600))),
            clock: FixedClock(), tenant: .first)
        return UserAdministration(identity.users)
    }

    @Test("with the permit accounts are made, listed and changed")
    func permitted() async throws {
        let administration = administration()
        let permit = try engine.decide(Callers.atTheMachine, .manageUsers).get()
        let made = try await administration.add(name: "ada", role: .clinician, password: nil, permit)
        #expect(made.password != nil)
        #expect(try await administration.list(permit).map(\.id) == [made.id])
        #expect(try await administration.disable(name: "ada", permit).isDisabled)
        #expect(try await !administration.enable(name: "ada", permit).isDisabled)
        #expect(try await administration.reset(name: "ada", permit).id == made.id)
        #expect(try await administration.setRole(name: "ada", role: .auditor, permit).role == .auditor)
        #expect(try await administration.sessions(name: "ada", permit).isEmpty)
        #expect(try await administration.grants(name: "ada", permit).isEmpty)
        await #expect(throws: UserDirectoryError.self) { try await administration.endGrant(name: "ada", grant: made.id, permit) }
        #expect(try await administration.requirePasskey(name: "ada", isRequired: true, permit).requiresPasskey)
        try await administration.endSessions(name: "ada", session: nil, permit)
        #expect(try await administration.invite(name: "bob", role: .clinician, permit).role == .clinician)
    }

    @Test(
        "a permit for something else does nothing",
        arguments: AdministrativePermission.allCases.filter { $0 != .manageUsers })
    func otherPermits(permission: AdministrativePermission) async throws {
        let administration = administration()
        // One of the two has every permission.
        let holder = Role.localOperator.permissions.contains(permission) ? Callers.atTheMachine : Callers.caller(.administrator)
        let permit = try engine.decide(holder, permission).get()
        await #expect(throws: UserDirectoryError.notPermitted) { try await administration.list(permit) }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.add(name: "ada", role: .administrator, password: nil, permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.disable(name: "ada", permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.enable(name: "ada", permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.reset(name: "ada", permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.invite(name: "ada", role: .clinician, permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.setRole(name: "ada", role: .clinician, permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) { try await administration.grants(name: "ada", permit) }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.endGrant(name: "ada", grant: LogicalID(uuid: [UInt8](repeating: 1, count: 16)), permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            try await administration.sessions(name: "ada", permit)
        }
        await #expect(throws: UserDirectoryError.notPermitted) {
            #expect(try await administration.requirePasskey(name: "ada", isRequired: true, permit).requiresPasskey)
        try await administration.endSessions(name: "ada", session: nil, permit)
        }
    }
}
