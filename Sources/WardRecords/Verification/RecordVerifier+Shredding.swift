internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardVault

/// What a verification saw of shredded patients: in the records, and in the log.
struct SeenShredding {
    /// Patients of whom a record opened.
    var opened: Set<LogicalID> = []
    /// Patients of whom a record cannot be opened, because the key store says that they were shredded.
    var closed: Set<LogicalID> = []
    /// Patients whose shredding was confirmed by a second person.
    var ordered: Set<LogicalID> = []
    /// Patients whose keys were destroyed.
    var destroyed: Set<LogicalID> = []
    /// Patients whom the stores mark as shredded, as they did before the log was read.
    var marked: Set<LogicalID> = []

    /// When two persons had ordered shreddings so long ago that the entries may have expired, as the sealed orders say.
    var orders: [LogicalID: Int64] = [:]

    /// Takes what an old record tells of a shredding.
    mutating func take(_ record: OpenedRecord) {
        guard record.key.type == ShredRequest.collectionName,
            let order = try? JSONDecoder().decode(ShredRequest.self, from: Data(record.content)),
            let time = order.confirmedAt, let patient = LogicalID(order.patient)
        else { return }
        orders[patient] = time
    }

    /// Believes orders whose entries have expired.
    mutating func believeOrders(through time: Int64) {
        for (patient, given) in orders where given <= time { ordered.insert(patient) }
    }

    /// Takes what an event tells of a shredding.
    mutating func take(_ event: AuditEvent) {
        guard event.kind == .keyChange, event.record?.type == ShredRequest.collectionName, event.outcome == .success,
            let patient = event.patient
        else { return }
        switch event.details.first(where: { $0.name == "what" })?.value {
        case "shred-confirmed": ordered.insert(patient)
        case "shred-keys-destroyed", "shred-repeated": destroyed.insert(patient)
        default: break
        }
    }
}

extension RecordVerifier {
    /// Patients whom the stores mark as shredded now.
    func marked() async throws -> Set<LogicalID> {
        try await vault.closedCompartments().union(vault.destroyedKeys().map(\.patient))
    }

    /// Compares what the key store says of shredded patients with what the log tells.
    func checkShredding(_ seen: SeenVersions, _ report: inout RecordReport) async throws {
        for patient in seen.shredding.closed.subtracting(seen.shredding.ordered).sorted() {
            report.add(RecordFault(
                kind: .shredding, record: "Patient/\(patient)", version: 0,
                what: "its keys count as destroyed, and the audit log tells of no order of two persons"))
        }
        for patient in seen.shredding.marked.subtracting(seen.shredding.ordered).subtracting(seen.shredding.closed).sorted() {
            report.add(RecordFault(
                kind: .shredding, record: "Patient/\(patient)", version: 0,
                what: "it is marked as shredded, and the audit log tells of no order of two persons"))
        }
        for patient in seen.shredding.opened.intersection(seen.shredding.destroyed).sorted() {
            // It may have been shredded since its records were read.
            guard try await !vault.isDestroyed(patient) else { continue }
            report.add(RecordFault(
                kind: .shredding, record: "Patient/\(patient)", version: 0,
                what: "the audit log tells that its keys were destroyed, and its records open"))
        }
    }
}
