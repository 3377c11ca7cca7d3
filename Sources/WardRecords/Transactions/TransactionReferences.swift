internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR

/// What the references of a transaction's resources become: full URLs of entries, and conditional references.
///
/// Source: https://hl7.org/fhir/R4/http.html#trules and https://hl7.org/fhir/R4/bundle.html#references
struct TransactionReferences {
    private let walk = ReferenceWalk()
    /// Full URL, or conditional reference as written, to `Type/id`.
    private var targets: [String: String] = [:]

    /// An entry's resource has this type and id.
    mutating func add(_ entry: BundleEntry, type: String, id: LogicalID) {
        guard let fullURL = entry.fullURL, !fullURL.isEmpty else { return }
        targets[fullURL] = "\(type)/\(id)"
    }

    /// Searches for every conditional reference, each once.
    /// - Parameter events: gains those of the searches, also where one throws.
    /// - Throws: ``FHIRError`` 400 or 412 where one matches nothing or several; it names the entry.
    mutating func resolveConditional(
        in plan: TransactionPlan, service: FHIRService, operation: Operation, telling events: inout [AuditEvent]
    ) async throws {
        for step in plan.creates + plan.updates {
            guard let resource = step.entry.resource else { continue }
            for reference in conditional(resource) where targets[reference] == nil {
                targets[reference] = try await target(reference, step, service, operation, telling: &events)
            }
        }
    }

    /// The edits that resolve the references of a resource. A reference relative to an entry's own full URL counts as absolute.
    func edits(of resource: JSONNode, base fullURL: String?) -> JSONEdits {
        var edits = JSONEdits()
        guard !targets.isEmpty else { return edits }
        let base = fullURL.flatMap(Self.restfulBase)
        walk.visit(resource) { node, place in
            guard let text = node.string else { return }
            switch place {
            case .narrative:
                if let new = NarrativeLinks.replace(in: text, by: { targets[$0] }) { edits.replace(node, with: JSONWriter.quoted(new)) }
            case .reference, .uri:
                if let new = replacement(text, base: place == .reference ? base : nil) {
                    edits.replace(node, with: JSONWriter.quoted(new))
                }
            }
        }
        return edits
    }

    private func replacement(_ text: String, base: String?) -> String? {
        if let known = targets[text] { return known }
        if let mark = text.firstIndex(of: "#"), mark != text.startIndex, let known = targets[String(text[..<mark])] {
            return known + text[mark...]
        }
        return base.flatMap { targets["\($0)/\(text)"] }
    }

    private func conditional(_ resource: JSONNode) -> [String] {
        var found: [String] = []
        walk.visit(resource) { node, place in
            guard place == .reference else { return }
            let isConditional = node.withUTF8 { bytes in
                guard let first = bytes.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
                return bytes.contains(UInt8(ascii: "?"))
            }
            if isConditional == true, let text = node.string { found.append(text) }
        }
        return found
    }

    private func target(
        _ reference: String, _ step: TransactionPlan.Step, _ service: FHIRService, _ operation: Operation,
        telling events: inout [AuditEvent]
    ) async throws -> String {
        let halves = reference.split(separator: "?", maxSplits: 1)
        let place = "\(step.place).resource: conditional reference"
        guard halves.count == 2, service.definitions.resourceType(named: String(halves[0])) != nil else {
            throw FHIRError.invalid(path: place, "a conditional reference has the form Type?parameter=value")
        }
        let type = String(halves[0])
        let match = try await service.match(
            String(halves[1]), type: type, place: place, for: "conditional-reference", operation, telling: &events)
        guard let id = match.found else {
            throw FHIRError(status: 412, .notFound, "no \(type) matches; load what is referenced first", at: place)
        }
        return "\(type)/\(id)"
    }

    /// `http://host/fhir` of `http://host/fhir/Patient/1`; nil for URNs.
    private static func restfulBase(_ fullURL: String) -> String? {
        guard fullURL.hasPrefix("http://") || fullURL.hasPrefix("https://") else { return nil }
        let parts = fullURL.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 4 else { return nil }
        return parts.dropLast(2).joined(separator: "/")
    }
}
