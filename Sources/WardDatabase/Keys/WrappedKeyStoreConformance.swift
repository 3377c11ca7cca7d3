/// What every ``WrappedKeyStore`` must do, as a suite that an engine's own tests run on an empty store.
///
/// ```swift
/// @Test func conforms() async throws { #expect(try await WrappedKeyStoreConformance(store).failures().isEmpty) }
/// ```
public struct WrappedKeyStoreConformance: Sendable {
    private let store: any WrappedKeyStore
    private let tenant = TenantID(rawValue: 41)

    /// A suite for one store, which holds nothing of tenants 41 and 42.
    public init(_ store: any WrappedKeyStore) { self.store = store }

    /// Runs every check and returns the sentences that do not hold; empty where the store conforms.
    /// - Throws: what the store throws where it should not.
    public func failures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        failures += try await puttingFailures()
        failures += try await orderFailures()
        failures += try await racingFailures()
        failures += try await replacingFailures()
        failures += try await destroyingFailures()
        failures += try await foreignFailures()
        return failures
    }

    private func row(_ patient: String?, _ version: UInt32, _ byte: UInt8, tenant: TenantID? = nil) -> WrappedKeyRow {
        WrappedKeyRow(
            tenant: tenant ?? self.tenant, patient: patient.flatMap { LogicalID($0) }, version: version, kekVersion: 3,
            wrapped: [UInt8](repeating: byte, count: 60), commitment: [UInt8](repeating: ~byte, count: 32),
            createdAt: 1_700_000_000_000_000 + Int64(byte))
    }

    /// After the other checks one key of tenant 42 is there.
    private func foreignFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        if try await store.flaws(tenant: tenant).count != 1 {
            failures.append("the store's own tables and rows are as it made them, and another tenant's key is named")
        }
        if try await store.flaws(tenant: TenantID(rawValue: 42)).count < 2 { failures.append("whose the store is decides what is named") }
        return failures
    }

    private func puttingFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let (first, shared) = (row("b", 1, 1), row(nil, 1, 2))
        if try await store.keys(of: LogicalID("b"), tenant: tenant) != [] {
            failures.append("an empty store has no keys")
        }
        if try await store.put([first, shared]) != [first, shared] { failures.append("put returns what it stored") }
        if try await store.keys(of: LogicalID("b"), tenant: tenant) != [first] {
            failures.append("keys finds a patient's")
        }
        if try await store.keys(of: nil, tenant: tenant) != [shared] { failures.append("keys finds the shared one") }
        let second = row("b", 2, 3)
        if try await store.put([row("b", 1, 9), second]) != [first, second] {
            failures.append("put keeps what is there and returns it")
        }
        if try await store.keys(of: LogicalID("b"), tenant: tenant) != [first, second] {
            failures.append("keys come oldest version first")
        }
        if try await store.put([]) != [] { failures.append("an empty put does nothing") }
        if try await store.count(tenant: tenant) != 3 { failures.append("count counts versions") }
        let foreign = row("b", 1, 7, tenant: TenantID(rawValue: 42))
        if try await store.put([foreign]) != [foreign] { failures.append("another tenant's key is another key") }
        if try await store.count(tenant: tenant) != 3 { failures.append("count is for one tenant") }
        return failures
    }

    private func orderFailures() async throws(DatabaseError) -> [String] {
        _ = try await store.put([row("a", 1, 4), row("c", 1, 5)])
        let all = try await store.list(tenant: tenant, after: nil, limit: 100)
        var failures: [String] = []
        if all.map({ $0.patient?.text ?? "" }) != ["", "a", "b", "b", "c"] {
            failures.append("list goes by patient and version, the shared key first")
        }
        var paged: [WrappedKeyRow] = []
        var place: WrappedKeyPlace?
        while let last = try await store.list(tenant: tenant, after: place, limit: 1).last, paged.count < 10 {
            paged.append(last)
            place = WrappedKeyPlace(patient: last.patient, version: last.version)
        }
        if paged != all { failures.append("list goes on after a place") }
        return failures
    }

    private func racingFailures() async throws(DatabaseError) -> [String] {
        let outcomes = await withTaskGroup(of: [WrappedKeyRow]?.self) { group in
            for byte in UInt8(10)..<42 { group.addTask { try? await store.put([row("race", 1, byte)]) } }
            return await group.reduce(into: [[WrappedKeyRow]?]()) { $0.append($1) }
        }
        let stored = try await store.keys(of: LogicalID("race"), tenant: tenant)
        var failures: [String] = []
        if stored.count != 1 { failures.append("of many first keys one is stored") }
        if outcomes.contains(where: { $0 != stored }) { failures.append("all writers end with the same key") }
        return failures
    }

    private func replacingFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let old = try await store.counts(tenant: tenant)
        if try await old != [3: store.count(tenant: tenant)] { failures.append("counts counts by key-encryption key") }
        var moved = row("a", 1, 4)
        moved.kekVersion = 4
        moved.wrapped = [UInt8](repeating: 0xAB, count: 60)
        var other = moved
        other.commitment[0] ^= 1
        var absent = moved
        absent.patient = LogicalID("absent")
        if try await store.replace([other, absent]) != 0 { failures.append("replace wants the owner and the commitment") }
        if try await store.replace([moved]) != 1 { failures.append("replace replaces what is there") }
        if try await store.keys(of: LogicalID("a"), tenant: tenant) != [moved] { failures.append("replaced keys are found") }
        if try await store.replace([row("a", 1, 4)]) != 0 { failures.append("replace goes to newer key-encryption keys only") }
        if try await store.keys(of: LogicalID("absent"), tenant: tenant) != [] { failures.append("replace adds nothing") }
        if try await store.counts(tenant: tenant)[4] != 1 { failures.append("counts follows") }
        try await store.purge()
        return failures
    }

    private func destroyingFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        guard let patient = LogicalID("b"), let request = LogicalID("r") else { return ["the ids are of the right form"] }
        let tombstone = KeyTombstone(tenant: tenant, patient: patient, destroyedAt: 5, request: request)
        if try await store.tombstone(of: patient, tenant: tenant) != nil { failures.append("nothing is destroyed unasked") }
        if try await store.destroy(tombstone) != 2 { failures.append("destroy removes each version") }
        if try await store.keys(of: patient, tenant: tenant) != [] { failures.append("a destroyed key is gone") }
        var later = tombstone
        later.destroyedAt = 6
        if try await store.destroy(later) != 0 { failures.append("destroy twice removes none") }
        if try await store.tombstone(of: patient, tenant: tenant) != tombstone { failures.append("the first tombstone stays") }
        do throws(DatabaseError) {
            _ = try await store.put([row("fresh", 1, 50), row("b", 1, 1)])
            failures.append("no key of a patient is stored after the tombstone")
        } catch {
            if error.code != .destroyed { failures.append("a key after the tombstone is refused as destroyed") }
        }
        if try await store.keys(of: LogicalID("fresh"), tenant: tenant) != [] {
            failures.append("a put that is refused stores nothing")
        }
        if try await store.replace([row("b", 1, 1)]) != 0 { failures.append("replace brings nothing back") }
        if try await store.keys(of: LogicalID("a"), tenant: tenant).count != 1 { failures.append("others' keys stay") }
        let foreign = TenantID(rawValue: 42)
        if try await store.keys(of: patient, tenant: foreign).count != 1 {
            failures.append("another tenant's keys stay")
        }
        if try await store.tombstones(tenant: foreign) != [] { failures.append("tombstones are of one tenant") }
        if try await store.destroy(.init(tenant: tenant, patient: request, destroyedAt: 1, request: request)) != 0 {
            failures.append("a patient without a key can have a tombstone")
        }
        if try await store.tombstones(tenant: tenant).map(\.patient) != [patient, request] {
            failures.append("tombstones are listed by patient")
        }
        return failures
    }
}
