/// The OpenID Connect provider of the organisation, whose people may sign in by it: what an operator set.
public struct ExternalProvider: Sendable {
    /// Its identifier, an https address, compared sign by sign.
    public var issuer: String
    /// What this server is called there.
    public var clientID: String
    /// The shared secret; nil where this server proves who it is by its own key (`private_key_jwt`, ES256).
    public var clientSecret: String?
    /// What people know it by.
    public var label: String
    /// Values of `amr` that prove a second factor. Source: RFC 8176 §2.
    public var secondFactorMethods: Set<String>
    /// Values of `acr` that prove one.
    public var secondFactorClasses: Set<String>
    /// The claim that lists what somebody is to the organisation.
    public var roleClaim: String
    /// Which role a value of that claim stands for; the first that somebody has counts.
    public var roles: [(value: String, role: Role)]
    /// Whether somebody who has a role and no account yet gets one.
    public var makesAccounts: Bool

    /// A provider.
    public init(
        issuer: String, clientID: String, clientSecret: String?, label: String, secondFactorMethods: Set<String> = ["mfa"],
        secondFactorClasses: Set<String> = [], roleClaim: String = "groups", roles: [(value: String, role: Role)] = [],
        makesAccounts: Bool = false
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.label = label
        self.secondFactorMethods = secondFactorMethods
        self.secondFactorClasses = secondFactorClasses
        self.roleClaim = roleClaim
        self.roles = roles
        self.makesAccounts = makesAccounts
    }

    /// Whether an address is one that can be a provider's: https, with a host, no query and no fragment.
    public static func isIssuer(_ text: String) -> Bool { RedirectURI.isSecure(text) && !text.contains("?") }
}

/// The way to a provider; given by the program, which has a network. Both give the status and the body of the answer, and
/// are bounded in size and time.
public struct ProviderWire: Sendable {
    /// Gets the document at an https address.
    public var get: @Sendable (_ url: String) async throws -> (status: Int, body: [UInt8])
    /// Posts a form to an https address, with these header fields.
    public var post:
        @Sendable (_ url: String, _ form: String, _ fields: [(String, String)]) async throws -> (status: Int, body: [UInt8])

    /// A way.
    public init(
        get: @escaping @Sendable (_ url: String) async throws -> (status: Int, body: [UInt8]),
        post: @escaping @Sendable (_ url: String, _ form: String, _ fields: [(String, String)]) async throws -> (
            status: Int, body: [UInt8]
        )
    ) {
        self.get = get
        self.post = post
    }

    /// The most bytes of an answer that are read.
    public static let maximumBytes = 64 << 10
}
