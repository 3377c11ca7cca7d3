internal import WardAudit
internal import WardDatabase
internal import WardRecords

/// Does what commands ask of the verification in the background.
struct VerificationAdministration: Sendable {
    let house: House

    /// Begins one; where one is under way it is that one which goes on. The log is told before anything is read.
    func begin(by origin: EventOrigin) async throws {
        guard await house.verification.pages.run == nil else { return }
        try await house.audit.record(AuditEvent(.verify, by: origin, details: [.init("what", "background-begins")]))
        _ = try await house.verification.begin(try await RecordSweep(house.verifier).begin(), at: SystemWallClock().now())
    }

    /// How far it is, and what the last one found.
    func status() async -> VerificationStatus { VerificationStatus(await house.verification.pages) }
}
