internal import Foundation
internal import WardDatabase
internal import WardKeys
internal import WardSQLite
internal import WardVault

/// How long the data keys of many patients take to come under a new key-encryption key.
struct RewrapMeasure {
    let home: BareHome

    private static let count = 100_000
    /// As many as a step of `ward keys rewrap` looks at.
    private static let stepKeys = 10_000

    func measure(into table: inout Table) async throws {
        try await fill()
        _ = try await home.keyring.rotateKEK(TenantID.first.rawValue, now: 0)
        let start = ContinuousClock.now
        var moved = 0
        var place: RewrapStep.Place?
        repeat {
            let step = try await home.dataKeys.rewrap(after: place, limit: Self.stepKeys)
            moved += step.moved
            place = step.next
        } while place != nil
        let seconds = start.duration(to: .now) / .seconds(1)
        guard moved >= Self.count else { throw BenchError("only \(moved) data keys came under the new key") }
        table.add("seal: \(moved) data keys wrapped under a new key, durable", "\(Table.decimal(seconds)) s", target: "2.00 s")
    }

    private func fill() async throws {
        let tenant = home.dataKeys.tenant
        for first in stride(from: 0, to: Self.count, by: Self.stepKeys) {
            var rows: [WrappedKeyRow] = []
            for number in first..<first + Self.stepKeys {
                let patient = BenchResource.id(.patient, number)
                let made = try tenant.makeDataKey(owner: .init(tenant: tenant.tenant, patient: patient.text), version: 1).wrapped
                rows.append(WrappedKeyRow(
                    tenant: .first, patient: patient, version: 1, kekVersion: made.kekVersion, wrapped: made.wrapped,
                    commitment: made.commitment, createdAt: 0))
            }
            _ = try await home.keyStore.put(rows)
        }
    }
}
