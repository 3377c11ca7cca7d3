internal import WardAudit

/// The codes by which an event is known outside: DICOM's and FHIR's, and the BALP profile that it keeps to.
///
/// Sources: FHIR R4, value sets audit-event-type and audit-event-sub-type; IHE Basic Audit Log Patterns 1.1.3.
struct AuditEventCodes {
    /// A code of a system.
    struct Coding {
        var system: String
        var code: String
        var display: String?
    }

    static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
    static let interaction = "http://hl7.org/fhir/restful-interaction"
    /// The names of Ward's own kinds of events.
    static let kinds = "urn:ward:audit-event-kind"
    static let participation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"

    let type: Coding
    /// Besides the name of the event's own kind.
    let subtype: Coding?
    /// Who sends and who gets: codes of the client and of the server.
    let client: Coding
    let server: Coding
    /// What the user is to the event.
    let user: Coding
    /// The last part of the profile's name, without `Patient`; nil where BALP has none for it.
    let profile: String?

    private static let rest = Coding(
        system: "http://terminology.hl7.org/CodeSystem/audit-event-type", code: "rest", display: "Restful Operation")
    private static let source = Coding(system: dicom, code: "110153", display: "Source Role ID")
    private static let destination = Coding(system: dicom, code: "110152", display: "Destination Role ID")
    private static let application = Coding(system: dicom, code: "110150", display: "Application")
    private static let custodian = Coding(
        system: "http://terminology.hl7.org/CodeSystem/provenance-participant-type", code: "custodian", display: "Custodian")

    init(_ kind: EventKind) {
        if let verb = Self.verbs[kind.rawValue] {
            type = Self.rest
            subtype = verb.code.map { Coding(system: Self.interaction, code: $0, display: $0) }
            profile = verb.profile
        } else {
            let (code, sub) = Self.activities[kind.rawValue] ?? ("110113", nil)
            type = Coding(system: Self.dicom, code: code, display: Self.displays[code])
            subtype = sub.map { Coding(system: Self.dicom, code: $0, display: Self.displays[$0]) }
            profile = nil
        }
        let writes = ["Create", "Update", "Delete"].contains(profile ?? "")
        user = Coding(
            system: Self.participation, code: writes ? "AUT" : "IRCP",
            display: writes ? "author (originator)" : "information recipient")
        // A read swaps the roles: its data flows from the server to the client.
        switch profile {
        case "Read": (client, server) = (Self.destination, Self.source)
        case "Delete": (client, server) = (Self.application, Self.custodian)
        default: (client, server) = (Self.source, Self.destination)
        }
    }

    private static let verbs: [UInt8: (code: String?, profile: String?)] = [
        EventKind.read.rawValue: ("read", "Read"), EventKind.vread.rawValue: ("vread", "Read"),
        EventKind.history.rawValue: ("history-instance", nil), EventKind.search.rawValue: ("search-type", "Query"),
        EventKind.create.rawValue: ("create", "Create"), EventKind.update.rawValue: ("update", "Update"),
        EventKind.patch.rawValue: ("patch", "Update"), EventKind.delete.rawValue: ("delete", "Delete"),
        EventKind.transaction.rawValue: ("transaction", nil), EventKind.batch.rawValue: ("batch", nil),
        EventKind.operation.rawValue: ("operation", nil), EventKind.refusal.rawValue: (nil, nil),
    ]

    private static let activities: [UInt8: (String, String?)] = [
        EventKind.start.rawValue: ("110100", "110120"), EventKind.stop.rawValue: ("110100", "110121"),
        EventKind.initialize.rawValue: ("110100", nil), EventKind.heartbeat.rawValue: ("110100", nil),
        EventKind.verify.rawValue: ("110101", nil), EventKind.logRead.rawValue: ("110101", nil),
        EventKind.signIn.rawValue: ("110114", "110122"), EventKind.signInFailed.rawValue: ("110114", "110122"),
        EventKind.signOut.rawValue: ("110114", "110123"), EventKind.timeOut.rawValue: ("110114", "110123"),
        EventKind.export.rawValue: ("110106", nil), EventKind.load.rawValue: ("110107", nil),
        EventKind.breakGlass.rawValue: ("110113", "110127"), EventKind.userChange.rawValue: ("110113", "110137"),
        EventKind.factorChange.rawValue: ("110113", "110137"), EventKind.roleChange.rawValue: ("110113", "110136"),
        EventKind.policyChange.rawValue: ("110113", "110129"), EventKind.configurationChange.rawValue: ("110113", "110131"),
        EventKind.keyChange.rawValue: ("110113", "110129"),
    ]

    private static let displays: [String: String] = [
        "110100": "Application Activity", "110101": "Audit Log Used", "110106": "Export", "110107": "Import",
        "110113": "Security Alert", "110114": "User Authentication", "110120": "Application Start",
        "110121": "Application Stop", "110122": "Login", "110123": "Logout", "110127": "Emergency Override Started",
        "110129": "Security Configuration", "110131": "Software Configuration", "110136": "Security Roles Changed",
        "110137": "User security Attributes Changed",
    ]
}
