internal import WardDatabase
internal import WardFHIR

/// A transaction's entries, read: what each asks for, and in which order they are done. Nothing is looked up yet.
///
/// Source: https://hl7.org/fhir/R4/http.html#trules
struct TransactionPlan: Sendable {
    /// One entry and what it asks for.
    struct Step: Sendable {
        let entry: BundleEntry
        let interaction: Interaction
        /// The query of the URL.
        let query: [(name: String, value: String)]

        /// The place of the entry, for errors.
        var place: String { "Bundle.entry[\(entry.index)]" }
    }

    let deletes: [Step]
    let creates: [Step]
    let updates: [Step]
    let reads: [Step]

    /// All steps in the order in which they are done.
    var ordered: [Step] { deletes + creates + updates + reads }

    /// Reads the entries.
    /// - Throws: ``FHIRError`` 400 naming the entry.
    init(_ bundle: BundleRequest, in request: FHIRRequest, _ service: FHIRService) throws(FHIRError) {
        var deletes: [Step] = [], creates: [Step] = [], updates: [Step] = [], reads: [Step] = []
        var targets: Set<String> = []
        for entry in bundle.entries {
            let step: Step
            do throws(FHIRError) {
                step = try Self.step(entry, in: request, service)
                try Conditions(entry).check(step.interaction.kind)
            } catch {
                var error = error.within("Bundle.entry[\(entry.index)].request")
                error.status = 400
                throw error
            }
            switch step.interaction {
            case .delete(let type, let id), .update(let type, let id):
                guard targets.insert("\(type)/\(id)").inserted else {
                    throw .invalid(path: "\(step.place).request.url", "two entries of a transaction change the same resource")
                }
                if case .delete = step.interaction { deletes.append(step) } else { updates.append(step) }
            case .create: creates.append(step)
            case .read, .vread, .searchType, .historyInstance: reads.append(step)
            case .capabilities, .bundle:
                throw .invalid(path: "\(step.place).request.url", "an entry must be about a resource or a type")
            }
        }
        self.deletes = deletes
        self.creates = creates
        self.updates = updates
        self.reads = reads
    }

    /// Reads one entry.
    static func step(
        _ entry: BundleEntry, in request: FHIRRequest, _ service: FHIRService
    ) throws(FHIRError) -> Step {
        let place = "Bundle.entry[\(entry.index)].request"
        let url = try RelativeURL(entry.url, baseURL: request.baseURL, place: "\(place).url")
        do throws(FHIRError) {
            let interaction = try Interaction(method: entry.method, path: url.path, definitions: service.definitions)
            let form = try Representation(accept: nil, query: url.query)
            _ = try service.passesOver(form.others, interaction, request)
            return Step(entry: entry, interaction: interaction, query: form.others)
        } catch {
            var error = error.within(place)
            if error.status != 405 { error.status = 400 }
            error.allowedMethods = []
            throw error
        }
    }

    /// The request of a step that stands for itself.
    static func request(_ step: Step, in bundle: FHIRRequest) -> FHIRRequest {
        var request = FHIRRequest(
            method: step.entry.method, path: [], query: step.query, body: step.entry.resource?.serialized() ?? [],
            requestID: bundle.requestID, source: bundle.source, baseURL: bundle.baseURL)
        request.ifMatch = step.entry.ifMatch
        request.ifNoneMatch = step.entry.ifNoneMatch
        request.ifModifiedSince = step.entry.ifModifiedSince
        request.ifNoneExist = step.entry.ifNoneExist
        request.prefer = bundle.prefer
        return request
    }
}
