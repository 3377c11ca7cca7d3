import Testing
@testable import WardAudit
import WardSQLite

/// What tells of signed entries that are lost.
@Suite struct LossNoteTests {
    private func checkpoint(
        _ home: Home, _ size: Int64, _ year: Int = 2_026, by signer: CheckpointSigner? = nil
    ) throws -> SignedCheckpoint {
        try SignedCheckpoint(
            signing: Checkpoint(origin: home.origin.origin(year: year), size: size, root: .leaf([UInt8(size)])), with: signer ?? home.signer)
    }

    @Test func itIsReadAsItIsWritten() throws {
        let home = try Home()
        let note = LossNote(first: 7, checkpoint: try checkpoint(home, 9))
        #expect(try LossNote(parsing: note.bytes, keys: home.logKeys) == note)
        #expect(note.digest.count == 32 && note.bytes.starts(with: "ward-loss/v1\n7\n".utf8))
    }

    @Test(arguments: ["", "ward-loss/v1\n", "ward-loss/v2\n7\n", "ward-loss/v1\n-7\n", "ward-loss/v1\nx\n", "ward-loss/v1\n7"])
    func whatCannotBeReadIsNone(heading: String) throws {
        let home = try Home()
        let rest = heading.hasSuffix("7\n") || heading.hasSuffix("x\n") ? try checkpoint(home, 9).note : []
        let error = #expect(throws: AuditError.self) { try LossNote(parsing: Array(heading.utf8) + rest, keys: home.logKeys) }
        #expect(error?.code == .malformed)
    }

    @Test func anotherKeyTellsOfNoLoss() throws {
        let home = try Home()
        let other = try CheckpointSigner(privateKey: [UInt8](repeating: 8, count: 32))
        let note = LossNote(first: 7, checkpoint: try checkpoint(home, 9, by: other))
        let error = #expect(throws: AuditError.self) { try LossNote(parsing: note.bytes, keys: home.logKeys) }
        #expect(error?.code == .tampered)
    }

    @Test func whatIsKeptElsewhereAndTheLogHasIsNoLoss() throws {
        let home = try Home()
        let other = try CheckpointSigner(privateKey: [UInt8](repeating: 8, count: 32))
        let (small, middle, large) = (try checkpoint(home, 5), try checkpoint(home, 9), try checkpoint(home, 2, 2_027))
        func lost(after head: SignedCheckpoint?, _ kept: [SignedCheckpoint]) -> SignedCheckpoint? {
            LossNote(after: head, first: 3, kept: kept.map { KeptCheckpoint($0, by: "anchor") }, keys: home.logKeys)?.checkpoint
        }
        #expect(lost(after: middle, [small, middle]) == nil && lost(after: middle, []) == nil)
        #expect(lost(after: small, [middle, small]) == middle && lost(after: nil, [small]) == small)
        #expect(lost(after: middle, [small, large]) == large, "a later year goes beyond, whatever its size")
        #expect(lost(after: small, [try checkpoint(home, 99, by: other)]) == nil, "nobody else says what was signed")
    }
}
