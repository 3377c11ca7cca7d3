/// Why a shredding or a hold is refused. Its description names what would be right; it is safe to log.
public struct ShreddingError: Error, Sendable, Hashable, CustomStringConvertible {
    public var code: Code

    init(_ code: Code) { self.code = code }

    /// Kinds of refusal; the raw values stand in the audit log.
    public enum Code: String, Sendable, CaseIterable {
        /// The patient is not named as `Patient/ID`.
        case patientForm = "patient-form"
        /// There is no reason, or it is too long.
        case reasonForm = "reason-form"
        /// Nothing of such a patient is kept.
        case noSuchPatient = "no-such-patient"
        /// The patient's keys are destroyed already, or about to be.
        case alreadyShredded = "already-shredded"
        /// The patient's records are held.
        case held
        /// The audit log tells of a hold that was placed and not released, and the records have none.
        case holdDisagrees = "hold-disagrees"
        /// There is no such request.
        case noSuchRequest = "no-such-request"
        /// The request was not confirmed in time.
        case expired
        /// Who confirms is who asked.
        case samePerson = "same-person"
        /// The credentials of who confirms were made after the request.
        case newCredentials = "new-credentials"
        /// The request waits for its second person.
        case notConfirmed = "not-confirmed"
        /// There is no hold on the patient.
        case notHeld = "not-held"
        /// Another command changed the request or the hold at the same moment.
        case raced
    }

    public var description: String {
        switch code {
        case .patientForm: "a patient is named as Patient/ID"
        case .reasonForm: "a reason of 1 to 1,000 characters must be given"
        case .noSuchPatient: "nothing of a patient with this id is kept here"
        case .alreadyShredded: "this patient's keys are destroyed already, or are about to be"
        case .held: "this patient's records are on legal hold; `ward keys hold --list` says by whom and why"
        case .holdDisagrees:
            """
            the audit log tells of a legal hold on this patient that nobody released, and the records have none: somebody took it out. \
            `ward verify` names it; bring the records back from before, or place the hold again (ward keys hold) and release it as it must be
            """
        case .noSuchRequest: "there is no such request; `ward keys shred --list` lists them"
        case .expired: "the request is older than seven days; ask again"
        case .samePerson: "who confirms must be another person than who asked"
        case .newCredentials: "the credentials of who confirms were set after the request; another person must confirm, or it must be asked anew"
        case .notConfirmed: "the request waits for another administrator: ward keys shred --confirm"
        case .notHeld: "there is no hold on this patient"
        case .raced: "another command changed it at the same moment; look and try again"
        }
    }
}
