public import WardDatabase
internal import WardVault

/// What may be seen of an account: no secret, no hash.
public struct UserSummary: Sendable, Hashable {
    /// For ever, and never used again.
    public let id: LogicalID
    /// The name by which the person signs in.
    public let name: String
    /// What they are to this house.
    public let role: Role
    /// True where nobody can sign in with it.
    public let isDisabled: Bool
    /// True where failures hold it back at this moment.
    public let isLocked: Bool
    /// True where the person has still to choose a password.
    public let isInvited: Bool
    /// True where the password was taken back, and the person has still to choose another.
    public let isReset: Bool
    /// True where the person must show a passkey, whatever their role.
    public let requiresPasskey: Bool
    /// The patient whose record the account is bound to; nil where it is no patient's.
    public let patient: String?
    /// The record that stands for the person, such as `Practitioner/…`.
    public let fhirUser: String?
    /// Who the person is to the organisation's provider; nil where they do not sign in by it.
    public let externalSubject: String?
    /// Recovery codes that were not used.
    public let recoveryCodesLeft: Int
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let createdAt: Int64
    /// Microseconds since 1970-01-01T00:00:00Z; nil before the first sign-in.
    public let lastSignInAt: Int64?

    init(_ item: CollectionItem<User>, now: Int64) {
        id = item.id
        name = item.value.name
        role = item.value.role
        isDisabled = item.value.isDisabled
        isLocked = item.value.lockedUntil > now
        isInvited = item.value.invitation.map { !$0.isReset } ?? false
        isReset = item.value.invitation?.isReset ?? false
        requiresPasskey = item.value.requiresPasskey
        patient = item.value.patient
        fhirUser = item.value.fhirUser
        externalSubject = item.value.external?.subject
        recoveryCodesLeft = item.value.recoveryCodes.count
        createdAt = item.value.createdAt
        lastSignInAt = item.value.lastSignInAt
    }

    /// Whether nobody used the account for so many days, though it is open: a sign that it is not needed.
    public func isUnused(days: Int, now: Int64) -> Bool {
        !isDisabled && now - (lastSignInAt ?? createdAt) >= Int64(days) * 86_400_000_000
    }
}
