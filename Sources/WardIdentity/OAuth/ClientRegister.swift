internal import Synchronization
internal import WardDatabase
internal import WardVault

/// The applications that may ask for tokens: registers, lists, approves and disables them, each with its entry in the
/// audit log in the same transaction.
///
/// Who may do so is decided in WardAccess: its `ClientAdministration` is the way in.
public final class ClientRegister: Sendable {
    let clients: any CollectionStore<Client>
    let origins = Mutex(AppOrigins())
    private let tokens: AccessTokenCache
    private let trail: IdentityTrail
    private let clock: any WallClock

    init(
        clients: any CollectionStore<Client>, tokens: AccessTokenCache, trail: IdentityTrail, clock: any WallClock
    ) {
        self.clients = clients
        self.tokens = tokens
        self.trail = trail
        self.clock = clock
    }

    /// Registers an application; it waits for its approval.
    package func add(
        _ registration: ClientRegistration, by caller: Caller
    ) async throws(ClientError) -> ClientSummary {
        try await add(registration, from: nil, by: TrailActor(caller))
    }

    /// How many applications wait for their approval at most; more are not taken from who asks by himself.
    static let maximumPending = 100
    /// How many of them one network may have asked for.
    static let maximumPendingOfNetwork = 20
    /// How long what asked by itself waits; then it is gone, and makes room. Microseconds.
    static let pendingLifetime: Int64 = 7 * 86_400_000_000

    /// Registers an application for somebody who is not known; it waits for its approval, for a week at most.
    func propose(
        _ registration: ClientRegistration, by actor: TrailActor
    ) async throws(ClientError) -> ClientSummary {
        let network = SignInPlaces.network(of: actor.source)
        let waiting = try await wrapping {
            let pending = try await self.clients.all(limit: 10_000).filter { $0.value.status == .pending }
            for item in pending where item.value.isForgotten(at: self.clock.now()) {
                let system = TrailActor(source: "", tenant: actor.tenant)
                let event = try self.trail.outbox(.client(.changed(client: item.id, .expired)), system)
                try await self.clients.delete(item.id, expecting: item.version, events: [event])
            }
            return pending.filter { !$0.value.isForgotten(at: self.clock.now()) }
        }
        guard waiting.count < Self.maximumPending,
            waiting.count(where: { $0.value.proposedFrom == network }) < Self.maximumPendingOfNetwork
        else { throw ClientError(.tooManyWait) }
        return try await add(registration, from: network, by: actor)
    }

    private func add(
        _ registration: ClientRegistration, from network: String?, by actor: TrailActor
    ) async throws(ClientError) -> ClientSummary {
        var client = try registration.client(createdAt: clock.now(), status: .pending)
        client.proposedFrom = network
        let made = client
        return try await wrapping {
            let id = TimeOrderedIDs().nextLogicalID()
            let event = try self.trail.outbox(.client(.changed(client: id, .added)), actor)
            return ClientSummary(try await self.clients.put(id, made, expecting: nil, events: [event]))
        }
    }

    /// All applications, at most 10,000.
    package func list(by caller: Caller) async throws(ClientError) -> [ClientSummary] {
        try await wrapping {
            let found = try await self.clients.all(limit: 10_000)
                .filter { !$0.value.isForgotten(at: self.clock.now()) }.map(ClientSummary.init)
            try await self.trail.record(.client(.listed(count: found.count)), TrailActor(caller))
            return found.sorted { $0.name < $1.name }
        }
    }

    /// Opens an application: it may ask for tokens from now on.
    package func approve(_ id: String, by caller: Caller) async throws(ClientError) -> ClientSummary {
        try await change(id, .approved, by: caller) { $0.status = .approved }
    }

    /// Closes an application: its tokens have ended when this returns.
    package func disable(_ id: String, by caller: Caller) async throws(ClientError) -> ClientSummary {
        try await change(id, .disabled, by: caller) { client in
            client.status = .disabled
            client.epoch += 1
        }
    }

    /// An application that may be used, by its `client_id`.
    func approved(_ id: String) async throws -> CollectionItem<Client>? {
        guard let id = LogicalID(id), let item = try await clients.get(id), item.value.status == .approved else {
            return nil
        }
        return item
    }

    private func change(
        _ text: String, _ change: ClientChange, by caller: Caller, _ edit: @Sendable (inout Client) -> Void
    ) async throws(ClientError) -> ClientSummary {
        try await wrapping {
            for _ in 0..<16 {
                guard let id = LogicalID(text), let item = try await self.clients.get(id),
                    !item.value.isForgotten(at: self.clock.now())
                else {
                    throw ClientError(.notFound)
                }
                var client = item.value
                edit(&client)
                do {
                    let event = try self.trail.outbox(.client(.changed(client: id, change)), TrailActor(caller))
                    let written = try await self.clients.put(id, client, expecting: item.version, events: [event])
                    self.tokens.forgetAll(ofClient: id)
                    self.forgetOrigins()
                    return ClientSummary(written)
                } catch let error as DatabaseError where error.code == .versionConflict {
                    continue
                }
            }
            throw ClientError(.unavailable)
        }
    }

    private func wrapping<Result: Sendable>(_ body: () async throws -> Result) async throws(ClientError) -> Result {
        do {
            return try await body()
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.unavailable)
        }
    }
}
