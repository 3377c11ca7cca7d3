internal import Foundation
internal import WardDatabase
internal import WardFHIR
internal import WardSQLite
internal import WardSearch
internal import WardVault

/// What it costs to seal a resource with its index tokens and to open it again, on one core, beside the bare ciphers.
struct SealMeasure {
    /// A folder for keys and records; it is made and removed.
    let folder: String
    /// How long each thing is done for.
    let duration: Duration

    func measure(into table: inout Table) async throws {
        let home = try await BareHome.make(in: folder)
        do {
            try await seal(home, &table)
            try await RewrapMeasure(home: home).measure(into: &table)
            try await ReindexMeasure(home: home).measure(into: &table)
        } catch {
            await home.remove()
            throw error
        }
        await home.remove()
    }

    private func seal(_ home: BareHome, _ table: inout Table) async throws {
        let patient = BenchResource.id(.patient, 1)
        let draft = try BenchResource.draft(number: 1, patient: patient, home.vault)
        let (bare, short, block) = (try BareCipher(), [UInt8](repeating: 1, count: 48), [UInt8](repeating: 0x36, count: 64))
        var (sealed, code) = ([UInt8](repeating: 0, count: draft.content.count + 16), [UInt8](repeating: 0, count: 32))
        let gcm = try await each { () in try bare.seal(draft.content, into: &sealed) }
        let hmac = try await each { () in bare.authenticate(short, (block, block), into: &code) }
        let sealing = try await each { () async throws in _ = try await home.vault.seal([draft]) }
        let making = try await each { () in _ = try BenchResource.draft(number: 1, patient: patient, home.vault) }
        _ = try await home.vault.commit(try await home.vault.seal([draft]), events: [])
        guard let row = try await home.records.newest(RecordKey(tenant: .first, type: draft.type, id: draft.id)) else {
            throw BenchError("what was sealed is not there")
        }
        let opening = try await each { () async throws in _ = try await home.vault.open(row) }
        let floor = gcm + hmac * Double(draft.terms.count)
        table.add(
            "seal: resource of \(draft.content.count) B with \(draft.terms.count) index tokens, one core", Self.text(sealing),
            ratio: Table.decimal(sealing / floor), target: "40 µs")
        table.add(
            "seal: opened with a warm key, one core", Self.text(opening), ratio: Table.decimal(opening / gcm), target: "4 µs")
        table.add("seal: parsed, its search values, filter record and terms made, one core", Self.text(making))
        table.note("floors of that: AES-256-GCM of \(draft.content.count) B \(Self.text(gcm)), HMAC-SHA-256 of 48 B \(Self.text(hmac)), one a token")
    }

    static func text(_ microseconds: Double) -> String { "\(Table.decimal(microseconds)) µs" }

    /// Microseconds that a thing takes, done again and again after it was done a few times unmeasured.
    private func each(_ body: () async throws -> Void) async throws -> Double {
        for _ in 0..<100 { try await body() }
        let start = ContinuousClock.now
        var count = 0
        while start.duration(to: .now) < duration {
            for _ in 0..<100 { try await body() }
            count += 100
        }
        return start.duration(to: .now) / .microseconds(1) / Double(count)
    }
}

/// An observation of about 1.2 kB, as it is sealed.
enum BenchResource {
    /// Whom or what an id names.
    enum Kind: UInt8 {
        case patient, observation, encounter, practitioner
    }

    /// A UUID, as ids of real patients are.
    static func id(_ kind: Kind, _ number: Int) -> LogicalID {
        LogicalID(uuid: [1, 0x8F, 0x3C, 0x1E, 0x7A, 0x10, 0x7A, 0xB0, 0x8D, 0xEF, 0, kind.rawValue]
            + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - $0 * 8)) })
    }

    static func draft(number: Int, patient: LogicalID, _ vault: Vault) throws -> RecordDraft {
        let id = id(.observation, number)
        let content = Array(text(id.text, patient: patient.text, number).utf8)
        let values = try SearchCatalog.r4.extract(
            JSONDocument(parsing: content).root, type: "Observation", id: id.text,
            context: SearchContext(baseURL: "https://127.0.0.1/fhir", now: 0))
        guard let epoch = vault.indexEpochs.last, let policy = IndexPolicy.of(epoch.policy) else { throw BenchError("no index") }
        return RecordDraft(
            type: "Observation", id: id, patient: patient, version: 1, updatedAt: 1_770_000_000_000_000 + Int64(number), content: content,
            filter: FilterRecord.encode(values), terms: try IndexTerms.terms(values, policy: policy), indexEpoch: epoch.number)
    }

    private static func text(_ id: String, patient: String, _ number: Int) -> String {
        let code = ["8480-6", "8462-4", "8302-2", "29463-7", "39156-5", "2339-0", "4548-4"][number % 7]
        let day = String(format: "20%02d-%02d-%02d", number % 25, number % 12 + 1, number % 28 + 1)
        return """
            {"resourceType":"Observation","id":"\(id)","meta":{"versionId":"1","lastUpdated":"2026-02-02T02:40:00.000Z",\
            "security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST","display":"test health data"}],\
            "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs"]},"status":"final",\
            "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs",\
            "display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"\(code)","display":"Vital sign"}],\
            "text":"Vital sign"},"note":[{"text":"Measured at rest, seated, after five minutes, with the cuff on the left arm at the height of \
            the heart."}],\
            "subject":{"reference":"Patient/\(patient)"},\
            "encounter":{"reference":"Encounter/\(Self.id(.encounter, number / 12).text)"},\
            "effectiveDateTime":"\(day)T10:20:30+01:00","issued":"\(day)T10:20:31.123+01:00",\
            "performer":[{"reference":"Practitioner/\(Self.id(.practitioner, number % 50).text)",\
            "display":"A practitioner of the practice"}],"valueQuantity":{"value":\(number % 90 + 90).50,"unit":"mm[Hg]",\
            "system":"http://unitsofmeasure.org","code":"mm[Hg]"}}
            """
    }
}
