import Testing
@testable import WardAudit

@Suite struct CheckpointTests {
    private let checkpoint = Checkpoint(origin: "audit.test/main/2026", size: 3, root: .leaf([1]))

    @Test func aSignedCheckpointReadsBackAndHolds() throws {
        let signer = try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32))
        let signed = try SignedCheckpoint(signing: checkpoint, with: signer)
        let read = try SignedCheckpoint(parsing: signed.note)
        #expect(read.checkpoint == checkpoint)
        #expect(read.isSigned(by: signer.publicKey))
        let lines = String(decoding: signed.note, as: UTF8.self).split(separator: "\n",
            omittingEmptySubsequences: false)
        #expect(lines.count == 6 && lines[0] == "audit.test/main/2026" && lines[1] == "3" && lines[3].isEmpty
            && lines[5].isEmpty)
        #expect(lines[4].hasPrefix("\u{2014} audit.test/main/2026 "))
    }

    @Test func anotherKeyAnotherSizeAnotherRootDoNotHold() throws {
        let signer = try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32))
        let signed = try SignedCheckpoint(signing: checkpoint, with: signer)
        let other = try CheckpointSigner(privateKey: [UInt8](repeating: 8, count: 32))
        #expect(!signed.isSigned(by: other.publicKey))
        let text = String(decoding: signed.note, as: UTF8.self)
        for changed in [text.replacing("\n3\n", with: "\n4\n"), text.replacing("2026\n3", with: "2027\n3")] {
            #expect(try !SignedCheckpoint(parsing: Array(changed.utf8)).isSigned(by: signer.publicKey))
        }
    }

    @Test(arguments: ["", "\n", "a\n1\n", "a\n1\nAAAA\n\n\u{2014} a AAAAAAAA\n",
        "a\n-1\n\(root)\n\n\u{2014} a AAAAAAAA\n",
                      "a\n01\n\(root)\n\n\u{2014} a AAAAAAAA\n", "a\n1\n\(root)\n\n- a AAAAAAAA\n",
                      "a\n1\n\(root)\n\n\u{2014} a AAAAAAAA"])
    func whatIsNoCheckpointIsRefused(text: String) {
        #expect(throws: AuditError.self) { try SignedCheckpoint(parsing: Array(text.utf8)) }
    }

    static let root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    /// The example key of C2SP signed-note.
    @Test func verifierKeysHaveThePublishedForm() throws {
        let signer = try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32))
        let parts = CheckpointKey(name: "example.com/foo",
            publicKey: signer.publicKey).description.split(separator: "+", maxSplits: 2)
        #expect(parts[0] == "example.com/foo" && parts[1].count == 8 && parts[2].hasPrefix("A"))
    }

    @Test func originsTakeNoOtherCharacters() throws {
        #expect(try LogOrigin(deployment: "a.b-c", log: "main").origin(year: 2026) == "audit.a.b-c/main/2026")
        for bad in ["", "a b", "a+b", "a/b", "ä"] {
            #expect(throws: AuditError.self) { try LogOrigin(deployment: bad) }
        }
    }

    @Test func yearsAndTimesAreThoseOfTheCalendar() {
        #expect(CalendarDate.text(0) == "1970-01-01T00:00:00.000000Z")
        #expect(CalendarDate.text(951_782_400_000_001) == "2000-02-29T00:00:00.000001Z")
        #expect(CalendarDate.year(of: 1_798_761_599_999_999) == 2026)
        #expect(CalendarDate.year(of: 1_798_761_600_000_000) == 2027)
        for year in [1600, 1969, 1970, 2000, 2024, 2026, 2100, 2101] {
            let start = CalendarDate.start(ofYear: year)
            #expect(CalendarDate.year(of: start) == year && CalendarDate.year(of: start - 1) == year - 1)
        }
        #expect(CalendarDate.text(-1) == "1969-12-31T23:59:59.999999Z")
    }
}
