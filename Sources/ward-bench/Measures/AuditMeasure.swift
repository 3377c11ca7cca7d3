internal import Crypto
internal import Foundation
internal import Logging
internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// What the audit log does by itself, in this process, beside what its disk and its hashes cost.
struct AuditMeasure {
    let folder: String
    /// Entries of the log that is verified and asked.
    let entries: Int

    /// Patients and people among whom the entries lie.
    private static let patients = 10_000
    private static let people = 200

    func measure(into table: inout Table) async throws {
        guard !FileManager.default.fileExists(atPath: folder) else { throw BenchError("\(folder) exists; remove it") }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SQLiteAuditStore.open(path: folder + "/audit.db")
        let keys = AuditKeys(auditKey: SymmetricKey(size: .bits256), pseudonymKey: SymmetricKey(size: .bits256))
        let origin = try LogOrigin(deployment: "bench")
        let log = try await AuditLog.open(
            store: store, origin: origin, keys: keys, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        let signer = try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32))
        let sequencer = Sequencer(log: log, signer: signer, heartbeat: 0)
        try await append(log, &table)
        try await fill(log)
        try await sequence(sequencer, store, &table)
        try await verify(store, signer, &table)
        try await ask(store, EntrySealer(origin: origin, keys: keys), signer, &table)
        await store.close()
        let bytes = ["audit.db", "audit.db-wal", "index.db", "index.db-wal"].reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
        table.add("audit: bytes of an entry on disk, with tree and index", "\(bytes / entries) B", target: "450 B")
    }

    private static func event(_ number: Int) -> AuditEvent {
        let patient = LogicalID("patient-\(number &* 7_919 % patients)")
        let id = String(format: "%08x-0000-7000-8000-%012x", number % people, number % people)
        return AuditEvent(
            .read,
            by: EventOrigin(
                actor: .init(id: id, name: "person-\(number % people)", roles: ["clinician"]), session: id,
                source: "10.1.2.3", purposes: ["TREAT"], requestID: id),
            record: RecordReference(type: "Observation", id: LogicalID(id), version: 1), patient: patient, status: 200)
    }

    /// One event each, durable before it returns, 64 waiting.
    private func append(_ log: AuditLog, _ table: inout Table) async throws {
        let each = 500
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask { for number in 0..<each { try await log.record(Self.event(task * each + number)) } }
            }
            try await group.waitForAll()
        }
        let rate = Double(64 * each) / (start.duration(to: .now) / .seconds(1))
        let floor = try FileFloor.appendsPerSecond(of: 64 * 300, in: folder) * 64
        table.add(
            "audit: events made durable, 64 waiting", "\(Int(rate))/s", ratio: Table.decimal(rate / floor), target: "20000/s")
        table.note("floor of that: \(Int(floor)) entries of 300 B a second, 64 to a bare append and fsync")
    }

    private func fill(_ log: AuditLog) async throws {
        var number = 32_000
        while number < entries {
            let events = (number..<min(entries, number + 4_096)).map(Self.event)
            _ = try await log.record(events, releasing: ())
            number += events.count
        }
    }

    private func sequence(_ sequencer: Sequencer, _ store: SQLiteAuditStore, _ table: inout Table) async throws {
        let start = ContinuousClock.now
        try await sequencer.sequenceAll()
        let rate = Double(entries) / (start.duration(to: .now) / .seconds(1))
        let floor = Self.hashes(perSecondOf: 300)
        table.add(
            "audit: entries sequenced and sealed", "\(Int(rate))/s", ratio: Table.decimal(rate / floor), target: "50000/s")
        table.note("floor of sequencing and verifying: \(Int(floor)) SHA-256 of 300 B a second, one core")
    }

    private func verify(_ store: SQLiteAuditStore, _ signer: CheckpointSigner, _ table: inout Table) async throws {
        let start = ContinuousClock.now
        let report = try await AuditVerifier(store: store, keys: CheckpointKeys(signer.publicKey)).verify()
        guard report.isWhole else { throw BenchError("the log does not verify") }
        let rate = Double(report.entries) / (start.duration(to: .now) / .seconds(1))
        table.add(
            "audit: entries verified", "\(Int(rate))/s", ratio: Table.decimal(rate / Self.hashes(perSecondOf: 300)),
            target: "500000/s")
    }

    private func ask(
        _ store: SQLiteAuditStore, _ sealer: EntrySealer, _ signer: CheckpointSigner, _ table: inout Table
    ) async throws {
        let index = try SQLiteAuditIndex(path: folder + "/index.db")
        let entryIndex = EntryIndex(of: store, in: index)
        let start = ContinuousClock.now
        try await entryIndex.catchUp()
        table.add("audit: entries indexed", "\(Int(Double(entries) / (start.duration(to: .now) / .seconds(1))))/s")
        guard let hours = WorkHours(hours: "07:00-19:00", days: "1-5", offset: { _ in 0 }) else { throw BenchError("hours") }
        let questions = LogQuestions(
            store: store, index: entryIndex, sealer: sealer, keys: CheckpointKeys(signer.publicKey), tenant: .first, hours: hours,
            names: { _ in [:] })
        var times: [UInt32] = []
        let all = ContinuousClock.now
        for number in 0..<200 {
            let asked = ContinuousClock.now
            let answer = try await questions.answer(AuditQuestion(.whoSaw, subject: "Patient/patient-\(number * 47)"))
            guard !answer.entries.isEmpty else { throw BenchError("nobody saw a patient who was seen") }
            times.append(UInt32(asked.duration(to: .now) / .microseconds(1)))
        }
        table.add(
            "audit: who saw this patient, of \(entries) entries", Latencies(microseconds: times, elapsed: all.duration(to: .now)),
            target: "50 ms")
        let checked = ContinuousClock.now
        guard try await IndexCheck(of: store, in: index).faults().isEmpty else { throw BenchError("the index is not that of the log") }
        table.add(
            "audit: index held against the log, entries", "\(Int(Double(entries) / (checked.duration(to: .now) / .seconds(1))))/s")
        await index.close()
    }

    private static func hashes(perSecondOf bytes: Int) -> Double {
        let content = [UInt8](repeating: 0x5A, count: bytes)
        let start = ContinuousClock.now
        var count = 0
        while start.duration(to: .now) < .milliseconds(300) {
            for _ in 0..<100 { _ = SHA256.hash(data: content) }
            count += 100
        }
        return Double(count) / (start.duration(to: .now) / .seconds(1))
    }
}
