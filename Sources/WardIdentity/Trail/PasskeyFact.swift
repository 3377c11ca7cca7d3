internal import WardDatabase

/// What happened to a person's passkeys, for the audit log.
enum PasskeyFact: Sendable, Hashable {
    /// The person registered one.
    case added(user: LogicalID)
    /// The person gave one up.
    case removed(user: LogicalID)
    /// Its count of uses went back: perhaps there are two of it. A sign, no proof; the sign-in went on.
    case countedBack(user: LogicalID)
    /// From now on the person must, or need not, show one.
    case demanded(user: LogicalID, isDemanded: Bool)
}
