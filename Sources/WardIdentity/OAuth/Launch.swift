internal import Crypto
internal import WardDatabase
internal import WardVault

/// The context of a launch from this house, as it lies sealed in its collection until the app uses it. Its id is made of
/// the handle that the app gets. Source: SMART App Launch 2.2, EHR launch.
public struct LaunchContext: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_launch"

    var client: String
    var user: String
    var patient: String
    /// Microseconds since 1970.
    var expiresAt: Int64

    /// Microseconds.
    static let lifetime: Int64 = 300_000_000

    /// The id under which a handle's context lies.
    static func id(of handle: String) -> LogicalID {
        SessionKey(hash: Array(SHA256.hash(data: Array(handle.utf8)))).id
    }
}

extension AuthorizationServer {
    /// Prepares a launch of an app with this patient, for the person who asks.
    /// - Returns: the address to open: the app's, with `iss` and `launch`.
    /// - Throws: ``OAuthError`` where the app is not known or cannot be launched from here.
    public func launch(client id: String, patient: String, by caller: Caller) async throws(OAuthError) -> String {
        do {
            guard caller.authorization == nil, let user = caller.user, caller.isProven,
                let client = try await clients.approved(id), client.value.kind == .app,
                let address = client.value.launchURL, let patient = LogicalID(patient)
            else { throw OAuthError(.invalidRequest, "this application cannot be launched from here") }
            let handle = Base64URL.encode(SecureRandom.bytes(32))
            let context = LaunchContext(
                client: client.id.text, user: user.text, patient: patient.text,
                expiresAt: clock.now() + LaunchContext.lifetime)
            let event = try trail.outbox(.client(.launched(client: client.id, user: user)), TrailActor(caller))
            try await launches.put(LaunchContext.id(of: handle), context, expecting: nil, events: [event])
            let query = "iss=" + PercentEncoding.encode(issuer + "/fhir") + "&launch=" + handle
            return address + (address.contains("?") ? "&" : "?") + query
        } catch let error as OAuthError {
            throw error
        } catch {
            throw .unavailable
        }
    }

    /// The context of a handle that is good for this client now.
    func context(of handle: String, client: LogicalID) async throws -> LaunchContext? {
        guard (1...128).contains(handle.utf8.count),
            let item = try await launches.get(LaunchContext.id(of: handle)), item.value.client == client.text,
            clock.now() < item.value.expiresAt
        else { return nil }
        return item.value
    }

    /// Uses a handle up; false where somebody else did.
    func takeLaunch(_ handle: String) async throws -> Bool {
        guard let item = try await launches.get(LaunchContext.id(of: handle)) else { return false }
        do {
            try await launches.delete(item.id, expecting: item.version, events: [])
            return true
        } catch let error as DatabaseError where error.code == .versionConflict {
            return false
        }
    }
}
