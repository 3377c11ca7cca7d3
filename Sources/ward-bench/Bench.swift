internal import Foundation

/// One run: a home, its server, the measurements in their order, and the table.
struct Bench: Sendable {
    let data: String?
    let patients: Int
    let parts: Set<String>
    let duration: Duration
    let clients: Int
    let loaders: Int
    let auditEntries: Int
    let wrap: [String]

    func run(in folder: String) async throws {
        var table = Table()
        if parts.contains("floors") {
            try CryptographyFloor.measure(into: &table)
            try DatabaseFloor.measure(in: folder + "-floor", into: &table)
        }
        if parts.contains("audit") {
            try await AuditMeasure(folder: folder + "-audit", entries: auditEntries).measure(into: &table)
        }
        if parts.contains("auth") { try await AuthMeasure(folder: folder + "-auth").check(into: &table) }
        if parts.contains("seal") { try await SealMeasure(folder: folder + "-seal", duration: .seconds(1)).measure(into: &table) }
        guard !parts.isSubset(of: ["audit", "seal"]) else {
            print(table.text)
            return
        }
        let home = try ServedHome.make(at: folder, wrap: wrap)
        do {
            try await measure(home, &table)
        } catch {
            home.kill()
            throw error
        }
        let peak = home.peakMemory
        try home.stop()
        table.add("peak memory of the server", "\(peak >> 20) MB", target: "600 MB")
        if parts.contains("verify") { try VerificationMeasure.measure(home, into: &table) }
        print(table.text)
    }

    private func measure(_ home: ServedHome, _ table: inout Table) async throws {
        let loaded = try LoadMeasure(home: home, data: data, patients: patients, connections: loaders).measure(into: &table)
        guard !parts.isDisjoint(with: ["read", "search", "create", "auth"]) else { return }
        let client = try await home.signIn("bench-clinician")
        let subjects = try await Subjects.collect(client)
        let requests = RequestMeasures(home: home, token: client.token, subjects: subjects, connections: clients, duration: duration)
        if parts.contains("read") { try requests.read(into: &table, withFloor: parts.contains("floors")) }
        if parts.contains("auth") { try AuthMeasure.flood(requests, into: &table) }
        if parts.contains("search") { try requests.search(into: &table) }
        if parts.contains("create") {
            let created = try requests.create(into: &table)
            table.note("\(loaded + created) resources at the end")
        }
        try await client.close()
    }
}
