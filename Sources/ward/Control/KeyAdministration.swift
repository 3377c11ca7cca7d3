internal import WardAudit
internal import WardDatabase
internal import WardIdentity
internal import WardKeys
internal import WardRecords
internal import WardVault

/// Does what commands ask of the keys. Every change is told to the log before it begins and when it has ended, so that a
/// log that cannot be written stops it.
struct KeyAdministration: Sendable {
    let home: Home
    let configuration: WardConfiguration
    let keyring: Keyring
    let tenantKeys: TenantKeys
    let dataKeys: DataKeyring
    let audit: AuditLog
    let sequencer: Sequencer
    /// What was given on the command line to open the home.
    let passphraseFile: String?

    /// Data keys that one step looks at: a step holds the control socket for a fraction of a second.
    static let stepKeys = 10_000

    /// What a shredding asks of the keys, with each change in the log.
    var renewal: KeyRenewal {
        KeyRenewal(newestVersion: { tenantKeys.newestVersion }, renew: { try await renew(past: $0) })
    }

    /// Every key by id, kind, version, age and place, and the data keys counted.
    func status() async throws -> KeyringStatus {
        var status = try await keyring.status(now: SystemWallClock().now())
        let tenant = tenantKeys.tenant
        status.dataKeys = try await dataKeys.counts().sorted { $0.key < $1.key }.map {
            .init(wrappedBy: "tenant-\(tenant)/kek/\($0.key)", count: $0.value)
        }
        return status
    }

    /// Tells what keys there are.
    func tell(_ operation: HomeOperation) async throws -> HomeAnswer {
        guard case .dataKeysList(let after, let limit) = operation else { return .keys(try await status()) }
        guard (1...Self.stepKeys).contains(limit) else { throw Failure("1 to 10,000 keys at once") }
        return .dataKeys(try await dataKeys.page(after: after, limit: limit, place: home.keyDatabase))
    }

    /// Does a change of keys.
    func perform(_ operation: HomeOperation, by origin: EventOrigin) async throws -> HomeAnswer {
        switch operation {
        case .keysRotate(.root):
            return try await audited("rotate", "root", origin) {
                try await keyring.rotateRoot(now: SystemWallClock().now())
            }
        case .keysRotate(.kek): return try await rotateKEK(origin)
        case .keysRotate(.token):
            return try await audited("rotate", "token", origin) {
                try await keyring.rotateTokens(
                    tenantKeys.tenant, keeping: TokenSigner.verifyingTime, now: SystemWallClock().now())
            }
        case .keysRotate(.dek):
            return try await audited("rotate", "data", origin) {
                try await keyring.beginDataKeys(tenantKeys.tenant, now: SystemWallClock().now())
                return KeyChange()
            }
        case .keysRotate(.log): return try await audited("rotate", "log", origin) { try await rotateLog() }
        case .dataKeysRotate(let place): return .dataKeyStep(try await rotateStep(place, origin))
        case .keysRewrap:
            return try await audited("rewrap", "keyring", origin) {
                let change = try await keyring.rewrap()
                try await forgetPreviousIfUnneeded()
                return change
            }
        case .keysRetire: return try await retire(origin)
        case .keysMigrate(let kind, let values):
            return try await audited("migrate", kind, origin) { try await migrate(kind, values) }
        case .keysPassphrase(let file, let typed):
            return try await audited("passphrase", "root", origin) { try await changePassphrase(file: file, typed: typed) }
        case .dataKeysRewrap(let place): return .rewrapStep(try await rewrapStep(place, origin))
        default: throw Failure("not an operation on keys")
        }
    }

    private func rotateKEK(_ origin: EventOrigin) async throws -> HomeAnswer {
        let tenant = tenantKeys.tenant
        // An older version that is still there shows a rotation that did not end: go on with that one.
        let status = try await keyring.status(now: SystemWallClock().now())
        if status.keys.contains(where: { $0.kind == .kek && !$0.isCurrent }) { return .keyChange(KeyChange()) }
        return try await audited("rotate", "kek", origin) {
            try await keyring.rotateKEK(tenant, now: SystemWallClock().now())
        }
    }

    /// The key before signs all that is in the log, both sign where it ends, and it is destroyed. A process that dies on
    /// the way leaves a log that goes on under the key before; the next call finishes with the key that was made.
    private func rotateLog() async throws -> KeyChange {
        var change = try await keyring.makeNextLog(now: SystemWallClock().now())
        guard let next = keyring.nextLog else { throw Failure("no log key is about to take over") }
        let (keyring, home, configuration) = (keyring, home, configuration)
        try await sequencer.handOver(to: CheckpointSigner(next)) { handover async throws(KeyError) in
            _ = try await keyring.retireLog(handover: handover.checkpoint.note)
        } telling: { handovers in
            try House.tell(handovers, home, configuration)
        }
        change.destroyed += try keyring.logHistory.retired.suffix(1).map(\.id)
        return change
    }

    private func rewrapStep(_ place: RewrapStep.Place?, _ origin: EventOrigin) async throws -> RewrapStep {
        if place == nil { try await audit.record(Self.event("rewrap-data-keys", "data", origin, count: nil)) }
        let step = try await dataKeys.rewrap(after: place, limit: Self.stepKeys)
        if step.moved > 0 {
            try await audit.record(Self.event("rewrap-data-keys", "data", origin, count: step.moved))
        }
        return step
    }

    private func rotateStep(_ place: RewrapStep.Place?, _ origin: EventOrigin) async throws -> DataKeyStep {
        guard let begunAt = keyring.unfinishedDataKeys(tenantKeys.tenant) else { return DataKeyStep() }
        let step = try await dataKeys.rotate(madeBefore: begunAt, after: place, limit: Self.stepKeys)
        if step.made > 0 {
            try await audit.record(Self.event("rotate-data-keys", "data", origin, count: step.made))
        }
        if step.next == nil {
            try await keyring.endDataKeys(tenantKeys.tenant, begunAt: begunAt)
            try await audit.record(Self.event("rotate-data-keys-ended", "data", origin, count: nil))
        }
        return step
    }

    private func retire(_ origin: EventOrigin) async throws -> HomeAnswer {
        let tenant = tenantKeys.tenant
        let dataKeys = dataKeys
        return .keyChange(
            try await KeyRetirement(audit: audit, origin: origin).perform("kek") { telling in
                try await keyring.retireKEKs(tenant, telling: telling) { () async throws(KeyError) in
                    let inUse = try await dataKeys.counts()
                    try await dataKeys.purge()
                    return Set(inUse.keys)
                }
            })
    }

    /// Destroys the keys whose tokens, or whose links, are all over.
    func retireTokensAndLinks(_ origin: EventOrigin) async throws {
        let retirement = KeyRetirement(audit: audit, origin: origin)
        let now = SystemWallClock().now()
        _ = try await retirement.perform("page") { try await keyring.retireLinks(tenantKeys.tenant, now: now, telling: $0) }
        _ = try await retirement.perform("token") {
            try await keyring.retireTokens(tenantKeys.tenant, keeping: TokenSigner.verifyingTime, now: now, telling: $0)
        }
    }

    private func audited(
        _ what: String, _ key: String, _ origin: EventOrigin, _ change: () async throws -> KeyChange
    ) async throws -> HomeAnswer {
        try await audit.record(Self.event("\(what)-begins", key, origin, count: nil))
        let done: KeyChange
        do {
            done = try await change()
        } catch {
            let code = (error as? KeyError)?.code.rawValue ?? "failed"
            try await audit.record(
                Self.event(what, key, origin, count: nil).ended(.seriousFailure, reason: code))
            throw error
        }
        // Where the log cannot be told of it, it was done all the same: no event may call it failed.
        try await audit.record(Self.event(what, key, origin, done))
        return .keyChange(done)
    }

    private static func event(_ what: String, _ key: String, _ origin: EventOrigin, count: Int?) -> AuditEvent {
        AuditEvent(.keyChange, by: origin, count: count, details: [.init("what", what), .init("key", key)])
    }

    private static func event(_ what: String, _ key: String, _ origin: EventOrigin, _ change: KeyChange) -> AuditEvent {
        var event = event(what, key, origin, count: change.rewrapped.count)
        event.details += change.made.map { .init("made", $0) } + change.destroyed.map { .init("destroyed", $0) }
        return event
    }
}
