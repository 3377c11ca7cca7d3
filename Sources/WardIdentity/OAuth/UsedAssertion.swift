internal import Crypto
internal import WardDatabase
internal import WardVault

/// An assertion that a client used, kept so that it is not used again. Its id is made of the client's and the
/// assertion's `jti`. Source: RFC 7523 §3 (7).
public struct UsedAssertion: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_assertion"

    /// When it expires by itself; seconds since 1970.
    var expiresAt: Int64
}

/// Takes each assertion once, also when two requests bring it at the same moment, and after a restart.
struct AssertionReplay: Sendable {
    let used: any CollectionStore<UsedAssertion>

    /// - Throws: ``JOSEError`` with `.replayed` where it was used.
    func take(_ jti: String, of client: LogicalID, expiresAt: Int64) async throws {
        let hash = Array(SHA256.hash(data: Array("\(client.text)\n\(jti)".utf8)))
        do {
            try await used.put(
                SessionKey(hash: hash).id, UsedAssertion(expiresAt: expiresAt), expecting: nil, events: [])
        } catch let error as DatabaseError where error.code == .versionConflict {
            throw JOSEError(.replayed)
        }
    }
}
