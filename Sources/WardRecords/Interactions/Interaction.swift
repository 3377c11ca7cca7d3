public import WardDatabase
public import WardFHIR

/// One RESTful interaction with what its URL names, parsed once, for the endpoint and for entries of a Bundle alike.
///
/// Source: https://hl7.org/fhir/R4/http.html
public enum Interaction: Sendable, Equatable {
    case capabilities
    case read(type: String, id: LogicalID)
    case vread(type: String, id: LogicalID, version: UInt64)
    case update(type: String, id: LogicalID)
    case delete(type: String, id: LogicalID)
    case historyInstance(type: String, id: LogicalID)
    case create(type: String)
    case searchType(type: String)
    case bundle

    /// Parses method and path segments after the base.
    /// - Throws: ``FHIRError`` 400, 404 or 405 that says what would be right; unknown segments are not repeated.
    public init(method: String, path: [String], definitions: FHIRDefinitions = .r4) throws(FHIRError) {
        guard let first = path.first else {
            guard method == "POST" else { throw Self.refused(path, "the base takes POST of a batch or transaction Bundle") }
            self = .bundle
            return
        }
        if first == "metadata", path.count == 1 {
            guard method == "GET" else { throw Self.refused(path, "metadata takes GET") }
            self = .capabilities
            return
        }
        if first.hasPrefix("$") || path.last?.hasPrefix("$") == true {
            throw FHIRError(status: 404, .notSupported, "operations are not supported; the CapabilityStatement at /fhir/metadata lists what is")
        }
        guard definitions.resourceType(named: first) != nil else {
            throw FHIRError(status: 404, .notSupported, "the first path segment is not a FHIR R4 resource type")
        }
        switch path.count {
        case 1: self = try Self.onType(method, path)
        case 2 where path[1] == "_search":
            guard method == "POST" else { throw Self.refused(path, "_search takes POST") }
            self = .searchType(type: first)
        case 2: self = try Self.onInstance(method, path, Self.id(path[1]))
        case 3 where path[2] == "_history":
            guard method == "GET" else { throw Self.refused(path, "_history takes GET") }
            self = .historyInstance(type: first, id: try Self.id(path[1]))
        case 4 where path[2] == "_history":
            guard method == "GET" else { throw Self.refused(path, "a version takes GET") }
            guard let version = VersionNumber.parse(path[3]) else {
                throw FHIRError(status: 404, .notFound, "a version id is a whole number from 1 on, without sign or leading zeros")
            }
            self = .vread(type: first, id: try Self.id(path[1]), version: version)
        default: throw FHIRError(status: 404, .notFound, "no interaction has a path of this form")
        }
    }

    /// The methods that are offered at a path after the base: those of `Allow`.
    public static func methods(at path: [String]) -> [String] {
        guard let first = path.first else { return ["POST"] }
        switch path.count {
        case 1 where first == "metadata": return ["GET", "HEAD"]
        case 1: return ["GET", "HEAD"] + (writtenByServer.contains(first) ? [] : ["POST"])
        case 2 where path[1] == "_search": return ["POST"]
        case 2: return ["GET", "HEAD"] + (writtenByServer.contains(first) ? [] : ["PUT", "DELETE"])
        default: return ["GET", "HEAD"]
        }
    }

    /// Types that tell of the server itself: nobody else writes them, or they would be no evidence.
    static let writtenByServer: Set<String> = ["AuditEvent"]

    private static func onType(_ method: String, _ path: [String]) throws(FHIRError) -> Interaction {
        let type = path[0]
        try refuseWrite(method, path)
        switch method {
        case "GET": return .searchType(type: type)
        case "POST": return .create(type: type)
        case "PUT", "DELETE", "PATCH":
            throw refused(path, "conditional \(method) on a type is not supported; name the resource: \(type)/id")
        default: throw refused(path, "a type takes GET (search) and POST (create)")
        }
    }

    private static func onInstance(_ method: String, _ path: [String], _ id: LogicalID) throws(FHIRError) -> Interaction {
        let type = path[0]
        try refuseWrite(method, path)
        switch method {
        case "GET": return .read(type: type, id: id)
        case "PUT": return .update(type: type, id: id)
        case "DELETE": return .delete(type: type, id: id)
        case "PATCH": throw refused(path, "PATCH is not supported; send the whole resource by PUT")
        default: throw refused(path, "a resource takes GET, PUT and DELETE")
        }
    }

    private static func refuseWrite(_ method: String, _ path: [String]) throws(FHIRError) {
        guard writtenByServer.contains(path[0]), method != "GET" else { return }
        throw refused(path, "only the server itself writes \(path[0])")
    }

    private static func refused(_ path: [String], _ diagnostics: String) -> FHIRError {
        .methodNotAllowed(diagnostics, allowed: methods(at: path))
    }

    private static func id(_ text: String) throws(FHIRError) -> LogicalID {
        guard let id = LogicalID(text) else {
            throw FHIRError(status: 404, .notFound, "a resource id has 1 to 64 characters of A-Z a-z 0-9 - .")
        }
        return id
    }

    /// The resource type that the interaction is about; nil for the base and for capabilities.
    public var type: String? {
        switch self {
        case .capabilities, .bundle: nil
        case .read(let type, _), .vread(let type, _, _), .update(let type, _), .delete(let type, _),
             .historyInstance(let type, _), .create(let type), .searchType(let type): type
        }
    }
}
