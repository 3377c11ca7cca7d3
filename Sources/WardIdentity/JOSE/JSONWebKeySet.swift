internal import WardFHIR

/// The public keys of one signer, by `kid`. Source: RFC 7517 §5.
struct JSONWebKeySet: Sendable {
    static let maximumKeys = 32
    static let maximumBytes = 64 << 10

    private let keys: [String: JSONWebKey]

    /// Reads a key set. Keys that cannot verify signatures are left out, as the RFC says; a private or symmetric key
    /// in it, two keys of one name, or none that can be used, is an error.
    init(json: [UInt8]) throws(JOSEError) {
        guard json.count <= Self.maximumBytes, let document = try? JSONDocument(parsing: json),
            let list = document.root["keys"], list.kind == .array, list.count <= Self.maximumKeys
        else { throw JOSEError(.malformed) }
        var keys: [String: JSONWebKey] = [:]
        for node in list.elements {
            if node["d"] != nil || node["k"] != nil { throw JOSEError(.unusableKey) }
            guard let key = try? JSONWebKey(node) else { continue }
            guard keys.updateValue(key, forKey: key.id) == nil else { throw JOSEError(.unusableKey) }
        }
        guard !keys.isEmpty else { throw JOSEError(.unusableKey) }
        self.keys = keys
    }

    /// No key at all: nothing verifies.
    static let none = JSONWebKeySet()

    private init() { keys = [:] }

    /// The key of this name. There is no other: an unknown name opens nothing.
    func key(_ id: String) throws(JOSEError) -> JSONWebKey {
        guard let key = keys[id] else { throw JOSEError(.unknownKey) }
        return key
    }

    /// The key of a signer who has one alone.
    func only() throws(JOSEError) -> JSONWebKey {
        guard keys.count == 1, let key = keys.values.first else { throw JOSEError(.unknownKey) }
        return key
    }

    /// Whether a key has this name.
    func contains(_ id: String) -> Bool { keys[id] != nil }
}
