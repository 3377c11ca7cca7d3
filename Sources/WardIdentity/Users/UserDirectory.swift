internal import WardDatabase
internal import WardVault

/// The accounts of the house: makes, lists, disables, enables and resets them, each with its entry in the audit log
/// in the same transaction. Accounts are never deleted and their ids and names never used again.
///
/// Who may do so is decided in WardAccess: its `UserAdministration` is the way in.
public final class UserDirectory: Sendable {
    let users: any CollectionStore<User>
    let register: SessionRegister
    let trail: IdentityTrail
    let ids: UserIDs
    let clock: any WallClock
    let ending: AccessEnding
    private let hasher: PasswordHasher
    private let policy: PasswordPolicy

    init(
        users: any CollectionStore<User>, register: SessionRegister, ending: AccessEnding, hasher: PasswordHasher,
        policy: PasswordPolicy, ids: UserIDs, trail: IdentityTrail, clock: any WallClock
    ) {
        self.users = users
        self.register = register
        self.ending = ending
        self.hasher = hasher
        self.policy = policy
        self.ids = ids
        self.trail = trail
        self.clock = clock
    }

    /// Makes an account, with a password if none is given, and with a second factor: for development homes and for tests, for
    /// whoever runs this knows both. People are invited.
    package func add(
        name text: String, role: Role, password: String?, by caller: Caller
    ) async throws(UserDirectoryError) -> NewCredentials {
        guard let name = UserName(text) else { throw UserDirectoryError(.nameInvalid) }
        guard Role.assignable.contains(role) else { throw UserDirectoryError(.roleNotAssignable) }
        let (plain, hash) = try await newPassword(password, for: name)
        let secret = TOTP.makeSecret()
        let id = ids.id(for: name)
        let user = User(name: name, role: role, passwordHash: hash, totpSecret: secret, createdAt: clock.now())
        try await wrapping {
            guard try await self.users.find("name", name.folded).isEmpty else { throw UserDirectoryError(.nameTaken) }
            do {
                let event = try self.trail.outbox(.userAdded(user: id, role), TrailActor(caller))
                try await self.users.put(id, user, expecting: nil, events: [event])
            } catch let error as DatabaseError where error.code == .versionConflict {
                throw UserDirectoryError(.nameTaken)
            }
        }
        return NewCredentials(
            id: id, name: name.text, role: role, password: password == nil ? plain : nil,
            totpURI: OTPAuthURI.make(name: name, secret: secret))
    }

    /// All accounts, by name; at most 10,000.
    package func list(by caller: Caller) async throws(UserDirectoryError) -> [UserSummary] {
        try await wrapping {
            let items = try await self.users.all(limit: 10_000)
            try await self.trail.record(.usersListed(count: items.count), TrailActor(caller))
            let now = self.clock.now()
            return items.map { UserSummary($0, now: now) }.sorted { $0.name < $1.name }
        }
    }

    /// Closes the account: nobody signs in with it, and its sessions end before this returns.
    package func disable(name: String, by caller: Caller) async throws(UserDirectoryError) -> UserSummary {
        try await change(name, endsSessions: true, by: caller, { .userDisabled(user: $0) }) { $0.isDisabled = true }
    }

    /// Opens the account again, and forgets its failures. Its old sessions stay ended.
    package func enable(name: String, by caller: Caller) async throws(UserDirectoryError) -> UserSummary {
        try await change(name, endsSessions: false, by: caller, { .userEnabled(user: $0) }) { user in
            user.isDisabled = false
            user.forgetFailures()
        }
    }

    /// Gives the account another role; its sessions end before this returns, so that nothing of the old one is left.
    package func setRole(
        name: String, role: Role, by caller: Caller
    ) async throws(UserDirectoryError) -> UserSummary {
        guard Role.assignable.contains(role) else { throw UserDirectoryError(.roleNotAssignable) }
        let old = try await wrapping { try await self.item(name).value.role }
        return try await change(
            name, endsSessions: true, by: caller, { .roleChanged(user: $0, from: old, to: role) }
        ) { user throws(UserDirectoryError) in
            // Somebody else changed it meanwhile: the entry of the log would tell of another role than it was.
            guard user.role == old else { throw UserDirectoryError(.busy) }
            // A patient's account stays one: whoever works here gets an account for that.
            guard old != .patient else { throw UserDirectoryError(.roleNotAssignable) }
            user.role = role
        }
    }

    static let attempts = 64

    private func newPassword(
        _ given: String?, for name: UserName
    ) async throws(UserDirectoryError) -> (plain: String, hash: String) {
        let plain = given ?? PasswordGenerator.make(for: name, under: policy)
        if given != nil, let fault = policy.fault(in: plain, for: name) {
            throw UserDirectoryError(.passwordRefused(fault))
        }
        return (plain, try await wrapping { try await self.hasher.hash(plain) })
    }

    func change(
        _ text: String, endsSessions: Bool, by caller: Caller,
        _ fact: @escaping @Sendable (LogicalID) -> IdentityFact,
        _ edit: @escaping @Sendable (inout User) throws(UserDirectoryError) -> Void
    ) async throws(UserDirectoryError) -> UserSummary {
        guard let name = UserName(text) else { throw UserDirectoryError(.notFound) }
        return try await wrapping {
            for _ in 0..<Self.attempts {
                let item = try await self.item(name.folded)
                var user = item.value
                try edit(&user)
                if endsSessions { user.sessionEpoch += 1 }
                do {
                    let event = try self.trail.outbox(fact(item.id), TrailActor(caller))
                    let written = try await self.users.put(item.id, user, expecting: item.version, events: [event])
                    if endsSessions { try await self.register.endAll(of: item.id) }
                    return UserSummary(written, now: self.clock.now())
                } catch let error as DatabaseError where error.code == .versionConflict {
                    continue
                }
            }
            throw UserDirectoryError(.busy)
        }
    }

    /// The account of a name.
    func item(_ name: String) async throws -> CollectionItem<User> {
        guard let name = UserName(name), let item = try await users.find("name", name.folded).first else {
            throw UserDirectoryError(.notFound)
        }
        return item
    }

    func wrapping<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws(UserDirectoryError) -> Result {
        do {
            return try await body()
        } catch let error as UserDirectoryError {
            throw error
        } catch is PasswordHasher.Busy {
            throw UserDirectoryError(.busy)
        } catch {
            throw UserDirectoryError(.unavailable)
        }
    }
}
