/// The scopes of a token: those for health data, taken apart once, and the others by name.
///
/// Scopes of SMART version 1 are read as version 2 says (`.read` as `.rs`, `.write` as `.cud`, `.*` as `.cruds`) and
/// shown as they were asked for. Source: SMART App Launch 2.2, "Scopes and Launch Context".
public struct GrantedScopes: Sendable, Hashable {
    /// Scopes for health data.
    public let resources: [Scope]
    /// Scopes about who it is, the launch and the session, such as `openid`.
    public let others: Set<Other>
    /// As they were asked for, in order, each once.
    public let names: [String]

    /// Scopes that open no health data by themselves.
    public enum Other: String, Sendable, Hashable, CaseIterable {
        case openid, fhirUser, launch
        case launchPatient = "launch/patient"
        case offlineAccess = "offline_access"
        case onlineAccess = "online_access"
    }

    /// The most scopes that one request may name, and their length together.
    static let maximum = (count: 64, bytes: 4_096)

    /// No scope at all.
    public static let none = GrantedScopes(names: [])

    /// Takes a list apart; what is no scope that is known here is left out, as RFC 6749 §3.3 allows: the answer names
    /// what was granted. Nil where the list is too long.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximum.bytes else { return nil }
        let names = text.split(separator: " ").map(String.init)
        guard names.count <= Self.maximum.count else { return nil }
        self.init(names: names)
    }

    init(names: [String]) {
        var seen: Set<String> = []
        var resources: [Scope] = []
        var others: Set<Other> = []
        var kept: [String] = []
        for name in names where seen.insert(name).inserted {
            if let other = Other(rawValue: name) {
                others.insert(other)
            } else if let scope = Scope(anyVersion: name) {
                resources.append(scope)
            } else {
                continue
            }
            kept.append(name)
        }
        self.resources = resources
        self.others = others
        self.names = kept
    }

    /// The list as RFC 6749 writes it.
    public var text: String { names.joined(separator: " ") }

    /// Those that `keeps` keeps.
    func filter(_ keeps: (String) -> Bool) -> GrantedScopes { GrantedScopes(names: names.filter(keeps)) }

    /// The same with the rights alone that `opened` leaves of each scope for health data; what has none left goes. A scope that is changed
    /// is shown in the version in which it was asked for, where that has a word for it.
    public func narrowed(by opened: (Scope) -> AccessRights) -> GrantedScopes {
        GrantedScopes(names: names.compactMap { name in
            guard Other(rawValue: name) == nil, let scope = Scope(anyVersion: name) else { return name }
            let rights = opened(scope).intersection(scope.rights)
            if rights == scope.rights { return name }
            guard !rights.isEmpty else { return nil }
            let isFirstVersion = Scope(name) == nil
            let narrower = Scope(scope.context, type: scope.type, rights: rights, constraints: scope.constraints)
            guard isFirstVersion, let word = Self.wordsOfVersion1[rights] else { return narrower.description }
            return "\(scope.context.rawValue)/\(scope.type ?? "*")\(word)"
        })
    }

    private static let wordsOfVersion1: [AccessRights: String] = [
        [.read, .search]: ".read", [.create, .update, .delete]: ".write",
    ]

    /// Of these, what `ceiling` covers: other scopes by name, scopes for health data where one of the ceiling's opens at
    /// least as much.
    func within(_ ceiling: GrantedScopes) -> GrantedScopes {
        filter { name in
            if let other = Other(rawValue: name) { return ceiling.others.contains(other) }
            guard let scope = Scope(anyVersion: name) else { return false }
            return ceiling.resources.contains { $0.covers(scope) }
        }
    }
}

extension Scope {
    /// Fails unless `text` is a scope of version 2 or of version 1.
    init?(anyVersion text: String) {
        if let scope = Scope(text) {
            self = scope
            return
        }
        for (old, new) in [(".read", ".rs"), (".write", ".cud"), (".*", ".cruds")] where text.hasSuffix(old) {
            guard let scope = Scope(String(text.dropLast(old.count)) + new) else { return nil }
            self = scope
            return
        }
        return nil
    }

    /// Whether this opens all that `other` opens.
    func covers(_ other: Scope) -> Bool {
        context == other.context && (type == nil || type == other.type) && rights.isSuperset(of: other.rights)
            && Set(constraints).isSubset(of: Set(other.constraints))
    }
}
