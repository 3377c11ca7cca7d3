/// Why an account could not be made or changed. Its description is safe to log; it holds no name and no password.
public struct UserDirectoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let code: Code

    /// Kinds of fault.
    public enum Code: Sendable, Hashable {
        /// The name has not the form of one (``UserName``).
        case nameInvalid
        /// An account has or had the name.
        case nameTaken
        /// The password is not good enough.
        case passwordRefused(PasswordPolicy.Fault)
        /// No user can be given this role.
        case roleNotAssignable
        /// No account has this name or id.
        case notFound
        /// The account has no such session.
        case noSuchSession
        /// The account allowed no such thing.
        case noSuchGrant
        /// It is no reference to a person's record.
        case fhirUserInvalid
        /// A patient's account without the patient, or another's with one.
        case patientInvalid
        /// It is no subject of a provider.
        case subjectInvalid
        /// Another account has this subject.
        case subjectTaken
        /// The permit is one for something else.
        case notPermitted
        /// The account waits for its person, who chooses the credentials.
        case isInvited
        /// Too much waits; try again.
        case busy
        /// The store or the audit log cannot be used; nothing was changed.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    /// The permit is one for something else.
    public static let notPermitted = UserDirectoryError(.notPermitted)

    public var description: String {
        switch code {
        case .nameInvalid: "a name has 1 to 64 letters, digits and . _ - @ +, and begins with a letter or digit"
        case .nameTaken: "an account has this name"
        case .passwordRefused(let fault): fault.rawValue
        case .roleNotAssignable: "the account cannot be given this role; a patient's keeps its own"
        case .notFound: "no account has this name"
        case .noSuchSession: "the account has no live session of this id"
        case .noSuchGrant: "no application has access of this id to the account"
        case .fhirUserInvalid: "a person is Patient/ID, Practitioner/ID, PractitionerRole/ID or RelatedPerson/ID"
        case .patientInvalid: "the role patient, and it alone, needs the id of the patient whose record it is bound to"
        case .subjectInvalid: "a subject of a provider has 1 to 255 ASCII characters: its claim sub"
        case .subjectTaken: "another account is linked to this subject"
        case .notPermitted: "the permit is not one for users"
        case .isInvited: "the account waits for its person; invite them again instead"
        case .busy: "too much at once; try again"
        case .unavailable: "the accounts cannot be read or written now"
        }
    }
}
