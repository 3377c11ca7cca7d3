public import Logging
public import WardAccess
public import WardAudit
public import WardDatabase
public import WardFHIR
public import WardIdentity
public import WardKeys
public import WardSearch
public import WardVault

/// The FHIR endpoint's one door: takes a request and a caller, and gives an answer that carries the evidence of its audit entry.
///
/// The way of each request: parse the interaction, decide, do it, make its events durable, release the answer. Nothing else leaves.
public struct FHIRService: Sendable {
    let vault: Vault
    let audit: AuditLog
    let policies: PolicyEngine
    let catalog: SearchCatalog
    let definitions: FHIRDefinitions
    let links: SealedTokens
    let intake: ResourceIntake
    let stamp: ResourceStamp
    let gate: PermitGate
    let turns = WriteTurns()
    let ids: TimeOrderedIDs
    let clock: any WallClock
    let limits: Limits
    let logger: Logger
    let isDevelopment: Bool
    /// The log as it is read at `/fhir/AuditEvent`; nil where that is not served.
    let auditLog: LogQuestions?

    /// Bounds of requests.
    public struct Limits: Sendable {
        /// Most entries of a batch or transaction.
        public var bundleEntries: Int
        /// Largest page; `_count` above it is cut to it.
        public var pageSize: Int
        /// Most candidates that one search opens before it is refused as too costly.
        public var openedCandidates: Int
        /// How often a write is tried again when another came first.
        public var attempts: Int

        /// Bounds; see the properties.
        public init(bundleEntries: Int = 10_000, pageSize: Int = 1_000, openedCandidates: Int = 200_000, attempts: Int = 32) {
            self.bundleEntries = bundleEntries
            self.pageSize = pageSize
            self.openedCandidates = openedCandidates
            self.attempts = attempts
        }
    }

    /// A service over a vault and its audit log.
    /// - Parameter isDevelopment: a development home labels what it stores as test data and takes ids of any form; a production home
    ///   refuses test data, and ids chosen by clients unless they are UUIDs.
    public init(
        vault: Vault, audit: AuditLog, policies: PolicyEngine, catalog: SearchCatalog, links: SealedTokens, isDevelopment: Bool,
        definitions: FHIRDefinitions = .r4, clock: any WallClock = SystemWallClock(), ids: TimeOrderedIDs? = nil,
        limits: Limits = Limits(), auditLog: LogQuestions? = nil, logger: Logger
    ) {
        self.vault = vault
        self.audit = audit
        self.policies = policies
        self.catalog = catalog
        self.definitions = definitions
        self.links = links
        self.intake = ResourceIntake(validator: StructureValidator(definitions), isDevelopment: isDevelopment)
        self.stamp = ResourceStamp(labelsAsTest: isDevelopment)
        self.gate = PermitGate(catalog: catalog)
        self.ids = ids ?? TimeOrderedIDs(clock: clock)
        self.clock = clock
        self.limits = limits
        self.logger = logger
        self.isDevelopment = isDevelopment
        self.auditLog = auditLog
    }

    /// Answers a request of a caller. Whatever goes wrong becomes an OperationOutcome, audited like everything else.
    /// - Throws: ``AuditError`` where the audit log cannot be written: then nothing may be answered but 503.
    public func respond(to request: FHIRRequest, caller: Caller) async throws(AuditError) -> Audited<FHIRResponse> {
        try audit.requireWritable()
        let performed = try await perform(request, caller)
        return try await release(performed)
    }

    /// The CapabilityStatement, which needs no caller: it tells nothing of anybody.
    public func capabilities(baseURL: String) -> FHIRResponse {
        FHIRResponse(status: 200, body: CapabilityStatement(catalog: catalog, definitions: definitions).serialized(baseURL: baseURL))
    }

    /// Makes events durable, checks the receipts, and lets the answer go.
    private func release(_ performed: Performed) async throws(AuditError) -> Audited<FHIRResponse> {
        var response = performed.response
        var evidence = performed.recorded
        if !performed.events.isEmpty {
            do {
                evidence.append(try await audit.record(performed.events, releasing: ()))
            } catch {
                guard let told = performed.withoutEvents else { throw error }
                response = told
            }
        }
        for commit in performed.commits {
            evidence.append(try Audited((), committed: commit.receipt, events: commit.events))
        }
        let answer = response
        return try Audited<Void>.all(evidence).map { _ in answer }
    }

    /// Parses, decides and does; failures become responses with the event that tells of them.
    func perform(_ request: FHIRRequest, _ caller: Caller) async throws(AuditError) -> Performed {
        var event = AuditEvent(.refusal, by: Operation.origin(caller, request, purpose: nil))
        do {
            event.record = named(request.path)
            let interaction = try Interaction(method: request.method, path: request.path, definitions: definitions)
            event = interaction.event(by: event.origin)
            let form = try Representation(accept: request.accept, query: request.query)
            var request = request
            request.query = form.others
            request.isPretty = form.isPretty
            try Conditions(request).check(interaction.kind)
            let isLenient = try passesOver(request.query, interaction, request)
            var performed = try await perform(interaction, request, caller, event)
            performed.response.isLenient = isLenient && performed.error == nil
            performed.response.body = form.body(performed.response.body)
            if var told = performed.withoutEvents {
                told.body = form.body(told.body)
                performed.withoutEvents = told
            }
            return performed
        } catch {
            return try await failure(error, event)
        }
    }

    /// What a path names, whatever is asked of it: a refusal tells of which record.
    func named(_ path: [String]) -> RecordReference? {
        guard path.count >= 2, definitions.resourceType(named: path[0]) != nil, let id = LogicalID(path[1]) else { return nil }
        return RecordReference(type: path[0], id: id)
    }

    private func perform(
        _ interaction: Interaction, _ request: FHIRRequest, _ caller: Caller, _ event: AuditEvent
    ) async throws -> Performed {
        if interaction == .capabilities { return Performed(capabilities(baseURL: request.baseURL), events: [event]) }
        if interaction == .bundle { return try await bundle(request, caller) }
        if interaction.type == Self.auditEventType { return try await auditEvents(interaction, request, caller, event) }
        let permit = try policies.decide(caller, InteractionRequest(interaction.kind, type: interaction.type ?? "")).get()
        return try await dispatch(interaction, Operation(request: request, caller: caller, permit: permit))
    }

    /// Whether parameters are passed over as the client asked; searches and histories look after theirs.
    /// - Throws: ``FHIRError`` 400 naming the parameter, where the client did not ask for it.
    func passesOver(
        _ query: [(name: String, value: String)], _ interaction: Interaction, _ request: FHIRRequest
    ) throws(FHIRError) -> Bool {
        switch interaction {
        case .searchType, .historyInstance: return false
        case .capabilities where query.allSatisfy({ $0.name == "mode" && $0.value == "full" }): return false
        default: break
        }
        guard let first = query.first else { return false }
        guard Preference(request.prefer).isLenient else {
            throw .notSupported(
                "this interaction takes _format and _pretty; this parameter is unknown to it", path: ParameterName.shown(first.name))
        }
        return true
    }

    func dispatch(_ interaction: Interaction, _ operation: Operation) async throws -> Performed {
        do {
            return try await carryOut(interaction, operation)
        } catch let error as VaultError where error.code == .shredded {
            // Nobody can say whether a filter would have reached what is destroyed: then there is nothing.
            guard operation.permit.filter(for: interaction.type ?? "") == .everything else { throw FHIRError.notFound }
            throw error
        } catch var told as ToldFailure where (told.cause as? VaultError)?.code == .shredded {
            if operation.permit.filter(for: interaction.type ?? "") != .everything { told.cause = FHIRError.notFound }
            throw told
        }
    }

    private func carryOut(_ interaction: Interaction, _ operation: Operation) async throws -> Performed {
        switch interaction {
        case .read(let type, let id): try await read(type: type, id: id, operation)
        case .vread(let type, let id, let version): try await vread(type: type, id: id, version: version, operation)
        case .historyInstance(let type, let id): try await history(type: type, id: id, operation)
        case .searchType(let type): try await search(type: type, operation)
        case .create(let type): try await create(type: type, operation)
        case .update(let type, let id): try await update(type: type, id: id, operation)
        case .delete(let type, let id): try await delete(type: type, id: id, operation)
        case .capabilities, .bundle: throw FHIRError.unknownEndpoint
        }
    }
}
