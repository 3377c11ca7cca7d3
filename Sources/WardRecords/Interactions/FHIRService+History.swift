internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `GET [base]/[type]/[id]/_history`: the versions, newest first, paged. Source: https://hl7.org/fhir/R4/http.html#history
    func history(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        var event = AuditEvent(.history, by: operation.origin, record: .init(type: type, id: id))
        let page = try HistoryPage(operation.request.query, limits: limits)
        let versions = try await vault.history(type, id, before: page.before, limit: page.count + 1)
        guard let newest = versions.first else {
            if page.before == nil { return failed(.notFound, event, reason: "not-found") }
            return Performed(empty(type, id, operation), events: [event])
        }
        guard try versions.allSatisfy({ try gate.admits($0, operation.permit) }) else {
            return failed(.notFound, event, reason: "outside-filter")
        }
        event.status = 200
        event.count = min(versions.count, page.count)
        let base = operation.request.baseURL
        var links = [(relation: "self", url: "\(base)/\(type)/\(id)/_history")]
        if versions.count > page.count {
            let last = versions[page.count - 1].version
            links.append((relation: "next", url: "\(base)/\(type)/\(id)/_history?_count=\(page.count)&_before=\(last)"))
        }
        let total = page.before == nil ? Int(newest.version) : nil
        var bundle = BundleWriter(type: "history", total: total, links: links)
        for version in versions.prefix(page.count) { bundle.version(version, fullURL: "\(base)/\(type)/\(id)") }
        return Performed(
            FHIRResponse(status: 200, body: bundle.finish()), events: event.perPatient(versions.map(\.patient)))
    }

    private func empty(_ type: String, _ id: LogicalID, _ operation: Operation) -> FHIRResponse {
        var bundle = BundleWriter(
            type: "history", links: [(relation: "self", url: "\(operation.request.baseURL)/\(type)/\(id)/_history")])
        return FHIRResponse(status: 200, body: bundle.finish())
    }
}

/// Which part of a history is asked for: `_count`, and in links of our own `_before`, a version.
private struct HistoryPage {
    let count: Int
    let before: UInt64?

    init(_ query: [(name: String, value: String)], limits: FHIRService.Limits) throws(FHIRError) {
        var count = 100
        var before: UInt64?
        for (name, value) in query {
            switch name {
            case "_count":
                guard let number = Int(value), number > 0 else {
                    throw .invalid(path: "_count", "_count must be a whole number from 1 on")
                }
                count = min(number, limits.pageSize)
            case "_before":
                guard let number = UInt64(value) else { throw .invalid(path: "_before", "_before must be a version") }
                before = number
            case "_format", "_pretty": break
            default: throw .notSupported("a history takes _count; this parameter is unknown", path: String(name.prefix(64)))
            }
        }
        self.count = count
        self.before = before
    }
}
