/// An application that was registered, as it lies sealed in its collection. Its id, the `client_id`, is that of the
/// collection's item.
public struct Client: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_client"

    /// For people.
    var name: String
    var kind: ClientKind
    /// Compared as they are, sign by sign.
    var redirectURIs: [String]
    /// Where an EHR launch begins.
    var launchURL: String?
    /// The most that it may ask for, as a list of scopes.
    var scopes: String
    /// Its public keys, as a JSON Web Key Set.
    var keySet: String?
    /// Where its public keys are.
    var keySetURL: String?
    /// Whether its tokens are bound to the certificate of its connection. Nil in what was written before this was kept.
    var isCertificateBound: Bool?
    var status: ClientStatus
    /// Grants of an older epoch are dead.
    var epoch: UInt64 = 0
    /// Microseconds since 1970.
    var createdAt: Int64
    /// The network that it asked from to be registered; nil where an administrator registered it.
    var proposedFrom: String?

    /// Whether it asked by itself, and nobody approved it for so long that nobody will.
    func isForgotten(at now: Int64) -> Bool {
        status == .pending && proposedFrom != nil && now - createdAt >= ClientRegister.pendingLifetime
    }

    /// Whether it proves who it is with a key.
    var hasKeys: Bool { keySet != nil || keySetURL != nil }
}

/// What an application is.
public enum ClientKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// Acts for a person who signs in here.
    case app
    /// Acts for itself, by its key.
    case backend
}

/// Whether an application may be used.
public enum ClientStatus: String, Codable, Sendable, Hashable, CaseIterable {
    /// Registered, and waits for an administrator.
    case pending
    case approved
    case disabled
}
