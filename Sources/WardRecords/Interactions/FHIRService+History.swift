internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `GET [base]/[type]/[id]/_history`: the versions, newest first, paged. Source: https://hl7.org/fhir/R4/http.html#history
    func history(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        var event = AuditEvent(.history, by: operation.origin, record: .init(type: type, id: id))
        let page = try HistoryPage(
            operation.request.query, isLenient: Preference(operation.request.prefer).isLenient, limits: limits)
        let versions = try await vault.history(type, id, before: page.before, limit: page.count + 1)
        guard let newest = versions.first else {
            if page.before == nil { return await failed(.notFound, event, reason: "not-found") }
            var bundle = BundleWriter(type: "history", links: [page.link("self", type, id, operation.request)])
            return Performed(FHIRResponse(status: 200, body: bundle.finish()), events: await unopened(event))
        }
        guard try versions.allSatisfy({ try gate.admits($0, operation.permit) }) else {
            return await failed(.notFound, event, reason: "outside-filter")
        }
        event.status = 200
        event.count = min(versions.count, page.count)
        let base = operation.request.baseURL
        var links = [page.link("self", type, id, operation.request)]
        if versions.count > page.count {
            var next = page
            next.isCountGiven = true
            next.before = versions[page.count - 1].version
            links.append(next.link("next", type, id, operation.request))
        }
        let total = page.before == nil ? Int(newest.version) : nil
        var bundle = BundleWriter(type: "history", total: total, links: links)
        for version in versions.prefix(page.count) { bundle.version(version, fullURL: "\(base)/\(type)/\(id)") }
        return Performed(
            FHIRResponse(status: 200, body: bundle.finish()), events: event.perPatient(try versions.flatMap { try patients(of: $0) }))
    }
}

/// Which part of a history is asked for: `_count`, and in links of our own `_before`, a version.
private struct HistoryPage {
    private(set) var count = 100
    var isCountGiven = false
    var before: UInt64?

    init(_ query: [(name: String, value: String)], isLenient: Bool, limits: FHIRService.Limits) throws(FHIRError) {
        for (name, value) in query {
            switch name {
            case "_count":
                guard !isCountGiven, let number = VersionNumber.parse(value) else {
                    throw .invalid(path: "_count", "_count must be a whole number from 1 on, given once")
                }
                isCountGiven = true
                count = Int(min(number, UInt64(limits.pageSize)))
            case "_before":
                guard before == nil, let number = VersionNumber.parse(value) else {
                    throw .invalid(path: "_before", "_before must be a version, given once")
                }
                before = number
            default:
                if isLenient { continue }
                throw .notSupported("a history takes _count; this parameter is unknown", path: ParameterName.shown(name))
            }
        }
    }

    /// A link to this part.
    func link(_ relation: String, _ type: String, _ id: LogicalID, _ request: FHIRRequest) -> (relation: String, url: String) {
        var parameters: [String] = []
        if isCountGiven { parameters.append("_count=\(count)") }
        if let before { parameters.append("_before=\(before)") }
        if request.isPretty { parameters.append("_pretty=true") }
        let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        return (relation, "\(request.baseURL)/\(type)/\(id)/_history\(query)")
    }
}
