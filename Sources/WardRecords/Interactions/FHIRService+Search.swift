internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardSearch
internal import WardVault

extension FHIRService {
    /// `GET [base]/[type]?…` and `POST [base]/[type]/_search`. Source: https://hl7.org/fhir/R4/http.html#search
    func search(type: String, _ operation: Operation) async throws -> Performed {
        var event = AuditEvent(.search, by: operation.origin, record: .init(type: type))
        var parameters = operation.request.query
        var start: CandidateQuery.Position?
        if let link = parameters.first(where: { $0.name == SearchCursor.parameter }) {
            guard parameters.count == 1 else {
                throw FHIRError.invalid(path: SearchCursor.parameter, "a page link stands alone")
            }
            let cursor = try SearchCursor(link.value, type: type, links: links, caller: operation.caller)
            parameters = cursor.parameters
            start = cursor.position
        }
        event.query = parameters.map { QueryParameter(name: loggedName($0.name, type), value: $0.value) }
        let run = try searchRun(type, parameters, operation)
        let query = run.query
        if query.isCountOnly {
            let matches = try await run.all()
            let total = matches.count
            event.count = total
            event.status = 200
            var bundle = BundleWriter(type: "searchset", total: total, links: [selfLink(type, parameters, operation.request)])
            // What is counted of many says nothing of one of them.
            let patients = try await patients(of: total <= limits.pageSize ? matches : [], query)
            return Performed(FHIRResponse(status: 200, body: bundle.finish()), events: event.perPatient(patients))
        }
        let limit = min(query.count ?? 20, limits.pageSize)
        let found = try await run.page(after: start, limit: limit)
        var total = start == nil && found.isComplete ? found.matches.count : nil
        if total == nil, query.total == .accurate || query.total == .estimate { total = try await run.count() }
        if query.total == SearchQuery.Total.none { total = nil }
        var links = [selfLink(type, parameters, operation.request)]
        if !found.isComplete, let last = found.matches.last {
            let cursor = SearchCursor(type: type, parameters: parameters, position: last.position)
            let sealed = try cursor.sealed(self.links, caller: operation.caller)
            links.append(("next", "\(operation.request.baseURL)/\(type)?\(SearchCursor.parameter)=\(sealed)"
                + (operation.request.isPretty ? "&_pretty=true" : "")))
        }
        let body = try await searchset(found, total: total, links: links, ignored: query.ignored, operation)
        event.count = found.matches.count
        event.status = 200
        let patients = try await patients(of: found.matches, query)
        return Performed(FHIRResponse(status: 200, body: body), events: event.perPatient(patients))
    }

    /// A search of a type, parsed and restricted by the permit.
    func searchRun(
        _ type: String, _ parameters: [(name: String, value: String)], _ operation: Operation
    ) throws(FHIRError) -> SearchRun {
        let isLenient = Preference(operation.request.prefer).isLenient
        let query = try SearchQuery.parse(
            type: type, parameters: parameters.map { ($0.name, $0.value) }, handling: isLenient ? .lenient : .strict,
            catalog: catalog, context: SearchContext(baseURL: operation.request.baseURL, now: clock.now()))
        return SearchRun(
            vault: vault, gate: gate, query: query, restrictions: try gate.matchers(operation.permit, type: type),
            bound: limits.openedCandidates)
    }

    private func searchset(
        _ found: SearchRun.Found, total: Int?, links: [(relation: String, url: String)], ignored: [String], _ operation: Operation
    ) async throws -> [UInt8] {
        var bundle = BundleWriter(type: "searchset", total: total, links: links, reserving: 1_024 + found.matches.count * 2_048)
        let base = operation.request.baseURL
        if found.matches.first?.row.sealed.isEmpty == true {
            for record in try await vault.records(found.matches.map(\.sequence)) {
                bundle.match(fullURL: "\(base)/\(record.key)", resource: record.content)
            }
        } else {
            for match in found.matches {
                bundle.match(fullURL: "\(base)/\(match.key)", resource: try await vault.open(match.row).content)
            }
        }
        if !ignored.isEmpty {
            let issues = ignored.map { OperationOutcome.Issue(.warning, .notSupported, "this parameter was ignored", expression: [$0]) }
            bundle.match(fullURL: nil, resource: OperationOutcome(issues: issues).serialized(), mode: "outcome")
        }
        return bundle.finish()
    }

    func selfLink(
        _ type: String, _ parameters: [(name: String, value: String)], _ request: FHIRRequest
    ) -> (relation: String, url: String) {
        let query = parameters.map { "\(RelativeURL.encode($0.name))=\(RelativeURL.encode($0.value))" }.joined(separator: "&")
        return ("self", "\(request.baseURL)/\(type)" + (query.isEmpty ? "" : "?\(query)"))
    }
}
