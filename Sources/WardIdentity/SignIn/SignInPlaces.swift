internal import Crypto
internal import WardAudit

/// Where an account was signed in from: what tells a new place, and an account that two people share.
struct SignInPlaces: Codable, Sendable, Hashable {
    struct Visit: Codable, Sendable, Hashable {
        var network: String
        /// Microseconds since 1970.
        var at: Int64
    }

    /// Networks, the one used last at the end.
    private(set) var known: [String] = []
    /// The last sign-ins, the newest at the end.
    private(set) var recent: [Visit] = []

    private static let knownLimit = 32
    private static let recentLimit = 4
    /// Sign-ins by turns from two networks within this time are a sign; microseconds.
    private static let turnTime: Int64 = 3_600_000_000

    /// The network of an address; the address itself where it is none of IP.
    static func network(of source: String) -> String { LogQuestions.network(of: source) ?? String(source.prefix(64)) }

    /// Adds a sign-in, and tells what it is a sign of by itself. The first one ever is no sign.
    mutating func visit(_ source: String, now: Int64) -> [AccountSign] {
        let network = Self.network(of: source)
        var signs: [AccountSign] = []
        if !known.isEmpty, !known.contains(network) { signs.append(.newPlace) }
        known.removeAll { $0 == network }
        known = (known + [network]).suffix(Self.knownLimit)
        recent = (recent + [Visit(network: network, at: now)]).suffix(Self.recentLimit)
        if recent.count == Self.recentLimit, recent[0].network == recent[2].network, recent[1].network == recent[3].network,
            recent[0].network != recent[1].network, (0...Self.turnTime).contains(now - recent[0].at)
        {
            signs.append(.byTurns)
        }
        return signs
    }
}

/// The browsers that an account was signed in from: what each keeps in a cookie, hashed.
struct SignInDevices: Codable, Sendable, Hashable {
    /// SHA-256 of what the browser keeps; the one used last at the end.
    private(set) var known: [[UInt8]] = []

    private static let limit = 32

    /// Adds a sign-in; true where the browser is new. The first one ever is no sign, and programs keep nothing.
    mutating func visit(_ device: String?) -> Bool {
        guard let device else { return false }
        let hash = Array(SHA256.hash(data: Array(device.utf8)))
        let isNew = !known.isEmpty && !known.contains(hash)
        known.removeAll { $0 == hash }
        known = (known + [hash]).suffix(Self.limit)
        return isNew
    }
}

/// What a sign-in is a sign of. None is a proof, and none holds anybody back: a clinician who moves between two sites looks
/// like this too.
enum AccountSign: String, Sendable, Hashable, CaseIterable {
    /// A network that the account was never signed in from.
    case newPlace = "new-place"
    /// A browser that the account was never signed in from.
    case newDevice = "new-device"
    /// The password was right and what was shown beside it was not: somebody may know the password.
    case passwordKnown = "password-known"
    /// The account is in use in another network at this very time.
    case twoPlaces = "two-places"
    /// Two networks sign in by turns.
    case byTurns = "by-turns"
}
