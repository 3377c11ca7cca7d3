internal import WardAudit
internal import WardDatabase
internal import WardFHIR

/// Writes an entry of the log as a FHIR AuditEvent: a rendering of what was recorded, nothing more.
///
/// A success of an interaction for which BALP has a profile keeps to it and declares it; a failure carries an
/// OperationOutcome and declares none. `entity.query` holds parameter names with the keyed digests of their values, not
/// the query as it was sent, which is health information.
///
/// Sources: https://hl7.org/fhir/R4/auditevent.html; IHE Basic Audit Log Patterns 1.1.3.
struct AuditEventWriter {
    let entry: LogEntry
    let isDevelopment: Bool
    private let codes: AuditEventCodes
    private var writer = JSONWriter(reserving: 2_048)

    /// The FHIR id of an event.
    static func id(_ entry: LogEntry) -> String { LogicalID(uuid: entry.header.eventID.bytes).text }

    init(_ entry: LogEntry, isDevelopment: Bool) {
        self.entry = entry
        self.isDevelopment = isDevelopment
        codes = AuditEventCodes(entry.header.kind)
    }

    private var event: AuditEvent { entry.event }
    private var isSuccess: Bool { entry.header.outcome == .success }

    /// The profile that it keeps to.
    private var profile: String? {
        guard isSuccess, let name = codes.profile, event.origin.source != nil, codes.profile == "Query" || event.record?.id != nil else {
            return nil
        }
        return "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
            + (event.patient == nil ? "" : "Patient") + name
    }

    /// The resource as JSON.
    mutating func serialized() -> [UInt8] {
        let instant = FHIRInstant.text(microseconds: entry.header.time)
        writer.beginObject()
        text("resourceType", "AuditEvent")
        text("id", Self.id(entry))
        meta(instant)
        if !isSuccess { outcomeResource() }
        let (codes, kind) = (codes, entry.header.kind)
        object("type") { $0.members(of: codes.type) }
        array("subtype") { writer in
            if let subtype = codes.subtype { writer.coding(subtype) }
            writer.coding(.init(system: AuditEventCodes.kinds, code: kind.description, display: nil))
        }
        text("action", entry.header.action.description)
        text("recorded", instant)
        text("outcome", String(entry.header.outcome.rawValue))
        if let reason = event.reason { text("outcomeDesc", reason) }
        agents()
        object("source") { writer in
            writer.text("site", "ward")
            writer.object("observer") { $0.text("display", "Ward") }
            writer.array("type") {
                $0.coding(.init(
                    system: "http://terminology.hl7.org/CodeSystem/security-source-type", code: "4", display: "Application Server"))
            }
        }
        entities()
        writer.endObject()
        return writer.bytes
    }

    private mutating func meta(_ instant: String) {
        let (profile, isDevelopment) = (profile, isDevelopment)
        object("meta") { writer in
            writer.text("versionId", "1")
            writer.text("lastUpdated", instant)
            if let profile { writer.array("profile") { $0.writer.string(profile) } }
            guard isDevelopment else { return }
            writer.array("security") {
                $0.coding(.init(system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "HTEST", display: nil))
            }
        }
    }

    private mutating func outcomeResource() {
        let (outcome, reason) = (entry.header.outcome, event.reason)
        array("contained") { writer in
            writer.element { writer in
                writer.text("resourceType", "OperationOutcome")
                writer.text("id", "outcome")
                writer.array("issue") {
                    $0.element { writer in
                        writer.text("severity", "error")
                        writer.text("code", outcome == .minorFailure ? "processing" : "exception")
                        writer.text("diagnostics", reason ?? "failed")
                    }
                }
            }
        }
    }

    private mutating func agents() {
        let (origin, codes) = (event.origin, codes)
        array("agent") { writer in
            writer.element { writer in
                writer.concept("type", codes.client)
                writer.object("who") { $0.object("identifier") { $0.text("value", origin.client ?? origin.session ?? "none") } }
                writer.flag("requestor", false)
                writer.object("network") { writer in
                    writer.text("address", origin.source ?? "local")
                    writer.text("type", origin.source == nil || origin.source == "local" ? "1" : "2")
                }
            }
            writer.element { writer in
                writer.concept("type", codes.server)
                writer.object("who") { $0.text("display", "Ward") }
                writer.flag("requestor", false)
                writer.object("network") { writer in
                    // The log does not hold by which of its addresses the server was reached.
                    writer.text("address", "urn:ward:server")
                    writer.text("type", "5")
                }
            }
            guard let actor = origin.actor else { return }
            writer.element { writer in
                writer.concept("type", codes.user)
                for role in actor.roles.prefix(1) {
                    writer.array("role") { writer in
                        writer.element { writer in
                            writer.array("coding") { $0.coding(.init(system: "urn:ward:role", code: role, display: nil)) }
                        }
                    }
                }
                writer.object("who") { writer in
                    writer.object("identifier") { writer in
                        writer.text("system", "urn:ward:user")
                        writer.text("value", actor.id)
                    }
                    if let name = actor.name { writer.text("display", name) }
                }
                writer.text("altId", actor.id)
                if let name = actor.name { writer.text("name", name) }
                writer.flag("requestor", true)
                guard !origin.purposes.isEmpty else { return }
                writer.array("purposeOfUse") { writer in
                    for purpose in origin.purposes {
                        writer.element { writer in
                            writer.array("coding") {
                                $0.coding(.init(
                                    system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: purpose, display: nil))
                            }
                        }
                    }
                }
            }
        }
    }
}

extension AuditEventWriter {
    private static let entityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
    private static let objectRole = "http://terminology.hl7.org/CodeSystem/object-role"

    private mutating func entities() {
        let (event, isSuccess, isQuery) = (event, isSuccess, codes.profile == "Query")
        array("entity") { writer in
            if let patient = event.patient {
                writer.entity(("1", "Person"), role: ("1", "Patient")) { writer in
                    writer.object("what") { $0.text("reference", "Patient/\(patient)") }
                }
            }
            if isQuery {
                writer.entity(("2", "System Object"), role: ("24", "Query")) { writer in
                    let query = "\(event.record?.type ?? "")?" + event.query.map(\.written).joined(separator: "&")
                    writer.text("query", Base64Text.encoded(Array(query.utf8)))
                }
            } else if let record = event.record {
                writer.entity(("2", "System Object"), role: ("4", "Domain Resource")) { writer in
                    writer.object("what") { $0.what(record) }
                }
            }
            if !isSuccess {
                writer.entity(("4", "Other"), role: nil) { $0.object("what") { $0.text("reference", "#outcome") } }
            }
            let facts = (event.count.map { [("count", String($0))] } ?? []) + event.details.map { ($0.name, $0.value) }
            if !facts.isEmpty {
                writer.entity(("4", "Other"), role: nil) { writer in
                    writer.array("detail") { writer in
                        for (name, value) in facts {
                            writer.element { writer in
                                writer.text("type", name)
                                writer.text("valueString", value)
                            }
                        }
                    }
                }
            }
            if let request = event.origin.requestID {
                writer.element { writer in
                    writer.object("what") { $0.object("identifier") { $0.text("value", request) } }
                    writer.object("type") {
                        $0.members(of: .init(
                            system: "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", code: "XrequestId",
                            display: nil))
                    }
                }
            }
        }
    }

    private mutating func entity(
        _ type: (String, String), role: (String, String)?, _ members: (inout Self) -> Void
    ) {
        element { writer in
            members(&writer)
            writer.object("type") { $0.members(of: .init(system: Self.entityType, code: type.0, display: type.1)) }
            if let role {
                writer.object("role") { $0.members(of: .init(system: Self.objectRole, code: role.0, display: role.1)) }
            }
        }
    }

    /// A FHIR record by reference; what is none of FHIR's, such as an account, by its name here.
    private mutating func what(_ record: RecordReference) {
        let name = record.type + (record.id.map { "/\($0)" } ?? "")
        if record.type.hasPrefix("_") || record.id == nil {
            object("identifier") { $0.text("value", name) }
        } else {
            text("reference", name + (record.version.map { "/_history/\($0)" } ?? ""))
        }
    }
}

// MARK: JSON

extension AuditEventWriter {
    private mutating func text(_ name: String, _ value: String) {
        guard !value.isEmpty else { return }
        writer.name(name)
        writer.string(value)
    }

    private mutating func flag(_ name: String, _ value: Bool) {
        writer.name(name)
        writer.bool(value)
    }

    private mutating func object(_ name: String, _ members: (inout Self) -> Void) {
        writer.name(name)
        element(members)
    }

    private mutating func element(_ members: (inout Self) -> Void) {
        writer.beginObject()
        members(&self)
        writer.endObject()
    }

    private mutating func array(_ name: String, _ elements: (inout Self) -> Void) {
        writer.name(name)
        writer.beginArray()
        elements(&self)
        writer.endArray()
    }

    private mutating func coding(_ coding: AuditEventCodes.Coding) { element { $0.members(of: coding) } }

    private mutating func concept(_ name: String, _ coding: AuditEventCodes.Coding) {
        object(name) { $0.array("coding") { $0.coding(coding) } }
    }

    private mutating func members(of coding: AuditEventCodes.Coding) {
        text("system", coding.system)
        text("code", coding.code)
        if let display = coding.display { text("display", display) }
    }
}
