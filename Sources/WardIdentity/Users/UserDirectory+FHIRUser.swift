internal import WardDatabase
internal import WardVault

extension UserDirectory {
    /// Says which record of the house stands for the person, such as `Practitioner/…`: what apps get as `fhirUser`.
    /// Nil takes it away. Source: SMART App Launch 2.2, "Scopes for requesting identity data".
    package func setFHIRUser(
        name: String, reference: String?, by caller: Caller
    ) async throws(UserDirectoryError) -> UserSummary {
        if let reference, !Self.isPerson(reference) { throw UserDirectoryError(.fhirUserInvalid) }
        return try await change(name, endsSessions: false, by: caller, { .userLinked(user: $0) }) { user throws(UserDirectoryError) in
            // Whom a patient's account stands for was said when they were invited.
            guard user.role != .patient else { throw UserDirectoryError(.patientInvalid) }
            user.fhirUser = reference
        }
    }

    private static func isPerson(_ reference: String) -> Bool {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && ["Patient", "Practitioner", "PractitionerRole", "RelatedPerson"].contains(parts[0])
            && LogicalID(parts[1]) != nil
    }
}
