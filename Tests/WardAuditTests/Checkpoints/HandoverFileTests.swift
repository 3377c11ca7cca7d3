import Foundation
import Testing
@testable import WardAudit

/// The file beside the log that tells how its key was rotated.
@Suite struct HandoverFileTests {
    @Test func whatSomebodyChangedIsNamedAndWrittenAnew() async throws {
        let home = try Home()
        let file = HandoverFile(folder: home.folder.path), path = home.folder.path + "/handovers"
        #expect(file.fault(against: []) == nil)
        let next = try CheckpointSigner(privateKey: [UInt8](repeating: 9, count: 32))
        let place = Checkpoint(origin: home.origin.origin(year: 2_026), size: 5, root: .leaf([1]))
        let handover = try Handover(at: place, expired: 0, from: home.signer, to: next)
        #expect(file.fault(against: [handover])?.kind == .removed)
        try file.write([handover])
        #expect(file.fault(against: [handover]) == nil)
        // The home knows one less: its keys are older than the log.
        #expect(throws: AuditError.self) { try file.write([]) }
        for junk in ["junk\n", "anVuaw==\n", ""] {
            try Data(junk.utf8).write(to: URL(filePath: path))
            if !junk.isEmpty { #expect(file.fault(against: [handover])?.kind == .signature, "\(junk)") }
            try file.write([handover])
            #expect(file.fault(against: [handover]) == nil)
        }
        // What was damaged stays as evidence; what was only cut short, or empty, tells nothing.
        #expect(try Data(contentsOf: URL(filePath: path + ".damaged")) == Data("junk\n".utf8))
        #expect(try Data(contentsOf: URL(filePath: path + ".damaged-1")) == Data("anVuaw==\n".utf8))
        #expect(!FileManager.default.fileExists(atPath: path + ".damaged-2"))
        try Data("junk\n".utf8).write(to: URL(filePath: path))
        #expect(file.fault(against: [])?.kind == .signature)
        try file.write([])
        #expect(file.fault(against: []) == nil)
    }
}
