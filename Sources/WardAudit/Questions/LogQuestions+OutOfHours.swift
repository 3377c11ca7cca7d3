extension LogQuestions {
    /// Who reached health information outside working hours.
    func outOfHours(_ session: inout QuestionSession) async throws {
        let hours = hours
        try await scannedPage(&session) { header in
            header.kind.touchesRecords && header.outcome == .success && !hours.contains(header.time)
        } where: { _, event in event.origin.actor.map { $0.id != "system" } ?? true }
    }
}
