internal import WardDatabase

/// An entry as an event of the Open Cybersecurity Schema Framework. What the schema has no place for stands under
/// `unmapped`.
///
/// Source: https://schema.ocsf.io/1.4.0.
struct OCSFEvent: Encodable {
    var activityId: Int
    var activityName: String
    var categoryName: String
    var categoryUid: Int
    var className: String
    var classUid: Int
    var typeUid: Int
    var typeName: String
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var time: Int64
    var severity: String
    var severityId: Int
    var status: String
    var statusId: Int
    var statusDetail: String?
    var statusCode: String?
    var message: String
    var metadata: Metadata
    var actor: Actor?
    var user: User?
    var srcEndpoint: Endpoint
    var service: Named?
    var api: API?
    var resources: [Resource]?
    var entity: Resource?
    var app: Product?
    var unmapped: Unmapped

    static let schema = "1.4.0"

    struct Metadata: Encodable {
        var version = OCSFEvent.schema
        var product = Product()
        /// The id of the event.
        var uid: String
        /// The position in the log, by which a double is dropped.
        var sequence: Int64
        var logName: String
        var eventCode: String
        var correlationUid: String?
    }

    struct Product: Encodable {
        var name = "Ward"
        var vendorName: String? = "Ward"
    }

    struct Named: Encodable {
        var name: String
    }

    struct User: Encodable {
        var name: String?
        var uid: String?
        var groups: [Named]?
    }

    struct Actor: Encodable {
        var user: User?
        var session: Session?
        var appName: String?
    }

    struct Session: Encodable {
        var uid: String
    }

    struct Endpoint: Encodable {
        var ip: String?
        var name: String?
    }

    struct API: Encodable {
        var operation: String
        var service = Named(name: "FHIR R4")
    }

    struct Resource: Encodable {
        var type: String
        var uid: String?
        var name: String?
        var version: String?
    }

    /// What OCSF has no attribute for.
    struct Unmapped: Encodable {
        var action: String
        var outcome: String
        var patient: String?
        var purpose: String?
        var query: [String]?
        var count: Int?
        var details: [String]?
    }
}

extension OCSFEvent {
    /// An entry of a log of that name.
    init(_ entry: LogEntry, log: String) {
        let line = AuditLine(entry.position, entry.header, entry.event)
        let kind = entry.header.kind
        let place = OCSFClass(kind, action: entry.header.action)
        let isSuccess = entry.header.outcome == .success
        activityId = place.activityID
        activityName = place.activity
        categoryName = place.category
        categoryUid = place.categoryUID
        className = place.name
        classUid = place.uid
        typeUid = place.typeUID
        typeName = "\(place.name): \(place.activity)"
        time = entry.header.time / 1_000
        (severity, severityId) = Self.severity(entry.header.outcome)
        (status, statusId) = isSuccess ? ("Success", 1) : ("Failure", 2)
        statusDetail = line.reason
        statusCode = line.status.map(String.init)
        message = [line.interaction ?? line.event, line.record].compactMap { $0 }.joined(separator: " ")
        metadata = Metadata(
            uid: line.id, sequence: entry.position, logName: log, eventCode: line.event, correlationUid: line.request)
        let person = User(name: line.actor, uid: line.actorId, groups: line.role.map { [Named(name: $0)] })
        let isKnown = line.actor != nil || line.actorId != nil
        actor = isKnown || line.client != nil || line.session != nil
            ? Actor(user: isKnown ? person : nil, session: line.session.map(Session.init), appName: line.client)
            : Actor(appName: "unknown")
        let source = line.source.flatMap { $0 == "local" ? nil : $0 }
        srcEndpoint = Endpoint(ip: source, name: source == nil ? "local" : nil)
        let resource = entry.event.record.map {
            Resource(type: $0.type, uid: $0.id?.text, version: $0.version.map(String.init))
        }
        switch place.uid {
        case 3_001, 3_002, 3_005:
            user = isKnown ? person : User(name: "unknown")
            service = place.uid == 3_002 ? Named(name: "Ward") : nil
        case 3_004: entity = resource ?? Resource(type: line.event, name: line.event)
        case 6_002: app = Product()
        default: api = API(operation: line.interaction ?? line.event)
        }
        if place.uid != 3_004, let resource { resources = [resource] }
        unmapped = Unmapped(
            action: line.action, outcome: line.outcome, patient: line.patient, purpose: line.purpose,
            query: line.query.isEmpty ? nil : line.query, count: line.count,
            details: line.details.isEmpty ? nil : line.details)
    }

    private static func severity(_ outcome: EventOutcome) -> (String, Int) {
        switch outcome {
        case .success: ("Informational", 1)
        case .minorFailure: ("Low", 2)
        case .seriousFailure: ("Medium", 3)
        default: ("High", 4)
        }
    }
}
