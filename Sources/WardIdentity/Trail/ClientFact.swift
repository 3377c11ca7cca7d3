internal import WardDatabase

/// What happened to an application or to what it was allowed, for the audit log.
enum ClientFact: Sendable, Hashable {
    /// An application was registered, approved or disabled.
    case changed(client: LogicalID, ClientChange)
    /// The applications were listed.
    case listed(count: Int)
    /// A person prepared the launch of an app.
    case launched(client: LogicalID, user: LogicalID)
    /// A person allowed an app these scopes.
    case consented(grant: LogicalID, client: LogicalID, scopes: String)
    /// A client got tokens.
    case tokenIssued(grant: LogicalID, client: LogicalID, TokenWay)
    /// A request for tokens was refused; the client, where it proved who it is.
    case tokenRefused(client: LogicalID?, OAuthError.Code)
    /// A grant ended, and its tokens with it.
    case grantEnded(grant: LogicalID, client: String, GrantEnding)
}

/// What was done with an application.
enum ClientChange: String, Sendable, Hashable, CaseIterable {
    case added = "add"
    case approved = "approve"
    case disabled = "disable"
    /// It asked to be registered, and nobody approved it in time.
    case expired = "expire"
}

/// By what a client got its tokens.
enum TokenWay: String, Sendable, Hashable, CaseIterable {
    case clientCredentials = "client_credentials"
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
}

/// Why a grant ended.
enum GrantEnding: String, Sendable, Hashable, CaseIterable {
    /// A code or refresh token came a second time: one of two holders stole it.
    case reuse
    /// The client asked for it.
    case byClient = "by-client"
    /// The person takes back what they allowed.
    case byPerson = "by-person"
    /// An administrator ends it.
    case byAdministrator = "by-administrator"
}
