/// The shapes of path that Ward knows: what logs and metrics say in place of a URL.
///
/// A path is sorted into one of these by the number of its segments and by fixed words; nothing that a client chose
/// is kept.
public enum RouteTemplate: String, Sendable, CaseIterable {
    case live = "/health/live"
    case ready = "/health/ready"
    case metrics = "/metrics"
    case signIn = "/auth/sign-in"
    case external = "/auth/external"
    case externalReturn = "/auth/external/return"
    case signOut = "/auth/sign-out"
    case activate = "/auth/activate"
    case password = "/auth/password"
    case recoveryCodes = "/auth/recovery-codes"
    case sessions = "/auth/sessions"
    case endSession = "/auth/sessions/end"
    case grants = "/auth/grants"
    case endGrant = "/auth/grants/end"
    case stepUp = "/auth/step-up"
    case notices = "/auth/notices"
    case account = "/auth/account"
    case changeAccount = "/auth/account/change"
    case passkeyScript = "/auth/passkeys.js"
    case style = "/auth/style.css"
    case authorize = "/auth/authorize"
    case launch = "/auth/launch"
    case register = "/auth/register"
    case leave = "/auth/leave"
    case token = "/auth/token"
    case introspect = "/auth/introspect"
    case revoke = "/auth/revoke"
    case keys = "/auth/jwks"
    case oauthMetadata = "/.well-known/oauth-authorization-server"
    case smartConfiguration = "/fhir/.well-known/smart-configuration"
    case audit = "/api/audit/{question}"
    case capability = "/fhir/metadata"
    case base = "/fhir"
    case systemOperation = "/fhir/${operation}"
    case systemSearch = "/fhir/_search"
    case systemHistory = "/fhir/_history"
    case type = "/fhir/{type}"
    case typeSearch = "/fhir/{type}/_search"
    case typeHistory = "/fhir/{type}/_history"
    case typeOperation = "/fhir/{type}/${operation}"
    case instance = "/fhir/{type}/{id}"
    case instanceHistory = "/fhir/{type}/{id}/_history"
    case version = "/fhir/{type}/{id}/_history/{version}"
    case instanceOperation = "/fhir/{type}/{id}/${operation}"
    case compartment = "/fhir/{type}/{id}/{type}"
    case other = "/fhir/..."
    case unknown = "..."

    /// The shape of a path below `/fhir`.
    init(fhir path: [String]) {
        let last = path.last ?? ""
        let operation = last.utf8.first == UInt8(ascii: "$")
        self = switch path.count {
        case 0: .base
        case 1:
            switch last {
            case "_search": .systemSearch
            case "_history": .systemHistory
            case "metadata": .capability
            default: operation ? .systemOperation : .type
            }
        case 2:
            switch last {
            case "_search": .typeSearch
            case "_history": .typeHistory
            default: operation ? .typeOperation : .instance
            }
        case 3: last == "_history" ? .instanceHistory : operation ? .instanceOperation : .compartment
        case 4: path[2] == "_history" ? .version : .other
        default: .other
        }
    }
}
