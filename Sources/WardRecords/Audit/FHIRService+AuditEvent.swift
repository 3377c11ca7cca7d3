internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardIdentity
internal import WardSearch

/// `/fhir/AuditEvent`: the audit log, read and searched as FHIR; written by Ward alone.
///
/// Source: https://hl7.org/fhir/R4/auditevent.html: "the AuditEvent resource is never updated or deleted".
extension FHIRService {
    /// The type whose resources are entries of the log.
    static let auditEventType = "AuditEvent"
    /// Entries that one search reads before it is refused as too costly.
    private static let auditSearchBound = 100_000

    /// Answers an interaction with the log, for those who may read it. The reading is itself an event.
    /// - Throws: `FHIRError` with 500 where the log is not what was signed.
    func auditEvents(
        _ interaction: Interaction, _ request: FHIRRequest, _ caller: Caller, _ event: AuditEvent
    ) async throws -> Performed {
        do {
            return try await answer(interaction, request, caller, event)
        } catch let error as AuditError where [.tampered, .sealed, .malformed].contains(error.code) {
            throw FHIRError(
                status: 500, .exception, "the audit log is not what was signed; an operator must run ward audit verify")
        }
    }

    private func answer(
        _ interaction: Interaction, _ request: FHIRRequest, _ caller: Caller, _ event: AuditEvent
    ) async throws -> Performed {
        guard let log = auditLog else { throw FHIRError.notSupported("AuditEvent is not served here") }
        var event = event
        switch interaction {
        case .read, .vread, .searchType: break
        default:
            throw FHIRError(status: 405, .notSupported, "entries of the audit log are read and searched; Ward alone writes them")
        }
        _ = try policies.decide(caller, .readAudit).get()
        switch interaction {
        case .read(_, let id), .vread(_, let id, 1):
            guard let bytes = id.uuidBytes, let eventID = EventID(bytes), let entry = try await log.entry(of: eventID) else {
                return await failed(.notFound, event, reason: "not-found")
            }
            event.record = .init(type: Self.auditEventType, id: id)
            event.patient = entry.event.patient
            event.status = 200
            let body = render(entry)
            return Performed(
                FHIRResponse(status: 200, body: body, version: 1, updatedAt: entry.header.time), events: [event])
        case .searchType:
            return try await searchAuditEvents(log, request, caller, event)
        default:
            return await failed(.notFound, event, reason: "not-found")
        }
    }

    private func searchAuditEvents(
        _ log: LogQuestions, _ request: FHIRRequest, _ caller: Caller, _ event: AuditEvent
    ) async throws -> Performed {
        var event = event
        let type = Self.auditEventType
        var parameters = request.query
        var before: Int64?
        if let link = parameters.first(where: { $0.name == SearchCursor.parameter }) {
            guard parameters.count == 1 else { throw FHIRError.invalid(path: SearchCursor.parameter, "a page link stands alone") }
            let cursor = try SearchCursor(link.value, type: type, links: links, caller: caller)
            (parameters, before) = (cursor.parameters, cursor.position.sequence)
        }
        event.query = parameters.map { QueryParameter(name: loggedName($0.name, type), value: $0.value) }
        let context = SearchContext(baseURL: request.baseURL, now: clock.now())
        let query = try SearchQuery.parse(
            type: type, parameters: parameters.map { ($0.name, Self.value($0)) },
            handling: Preference(request.prefer).isLenient ? .lenient : .strict, catalog: catalog, context: context)
        guard query.order == .newestFirst else {
            throw FHIRError.notSupported("the newest entries come first; leave _sort out, or ask for -date", path: "_sort")
        }
        let limit = query.isCountOnly ? Self.auditSearchBound : min(query.count ?? 20, limits.pageSize)
        let page = try await matches(
            log, query, context, .init(
                patient: query.patient.flatMap { LogicalID($0) }, times: query.times(of: "date"), before: before, limit: limit,
                bound: Self.auditSearchBound))
        event.count = page.found.count
        event.status = 200
        var answer = [selfLink(type, parameters, request)]
        if page.hasMore, let last = page.found.last {
            let cursor = SearchCursor(type: type, parameters: parameters, position: .init(updatedAt: 0, sequence: last.position))
            answer.append(("next", "\(request.baseURL)/\(type)?\(SearchCursor.parameter)=\(try cursor.sealed(links, caller: caller))"))
        }
        var total = query.isCountOnly || (before == nil && !page.hasMore) ? page.found.count : nil
        if total == nil, query.total == .accurate {
            total = try await matches(
                log, query, context, .init(
                    patient: query.patient.flatMap { LogicalID($0) }, times: query.times(of: "date"), before: nil,
                    limit: Self.auditSearchBound, bound: Self.auditSearchBound)).found.count
        }
        var bundle = BundleWriter(type: "searchset", total: total, links: query.isCountOnly ? [answer[0]] : answer)
        if !query.isCountOnly {
            for entry in page.found {
                bundle.match(
                    fullURL: "\(request.baseURL)/\(type)/\(AuditEventWriter.id(entry))", resource: render(entry))
            }
            var issues = query.ignored.map {
                OperationOutcome.Issue(.warning, .notSupported, "this parameter was ignored", expression: [$0])
            }
            if let held = try await log.holdsFrom() {
                let gone = held.expired.of("older one has", "older ones have")
                issues.append(.init(
                    .information, .informational, "the log holds entries from \(LogTime.text(held.time)) on; \(gone) expired"))
            }
            if !issues.isEmpty {
                bundle.match(fullURL: nil, resource: OperationOutcome(issues: issues).serialized(), mode: "outcome")
            }
        }
        // Who is asked about is told also where nothing is found; a word that is no UUID, only where the log knows such a patient.
        let asked = Self.ids(query.namedPatients.sorted()).filter { $0.uuidBytes != nil }
        return Performed(
            FHIRResponse(status: 200, body: bundle.finish()), events: event.perPatient(page.found.map(\.event.patient) + asked))
    }

    /// The value of a parameter; to sort by the date of an entry is to sort by when it was written.
    private static func value(_ parameter: (name: String, value: String)) -> String {
        guard parameter.name == "_sort", ["date", "-date"].contains(parameter.value) else { return parameter.value }
        return parameter.value.replacing("date", with: "_lastUpdated")
    }

    /// Entries whose rendering matches a query, by the same rules as every other type.
    private func matches(
        _ log: LogQuestions, _ query: SearchQuery, _ context: SearchContext, _ reach: LogQuestions.Reach
    ) async throws -> (found: [LogEntry], hasMore: Bool) {
        let matcher = QueryMatcher(query)
        do {
            return try await log.entries(reach) { entry in
                let id = AuditEventWriter.id(entry)
                var filter: [UInt8] = []
                if matcher.needsFilterRecord {
                    let resource = try ResourceIntake.parse(render(entry))
                    filter = FilterRecord.encode(
                        try catalog.extract(resource, type: Self.auditEventType, id: id, context: context))
                }
                return try matcher.matches(filter: filter, id: id, updatedAt: entry.header.time)
            }
        } catch let error as AuditError where error.code == .overloaded {
            throw FHIRError.tooCostly("the search reads too many entries; narrow it by a patient or a date")
        }
    }

    private func render(_ entry: LogEntry) -> [UInt8] {
        var writer = AuditEventWriter(entry, isDevelopment: isDevelopment)
        return writer.serialized()
    }
}
