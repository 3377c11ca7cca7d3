import Foundation
import Testing
@testable import WardAudit

/// What lies where a small file of the log should: it is named, and never waited for.
@Suite struct DurableFileTests {
    private func failure(_ file: DurableFile) -> AuditError? {
        do throws(AuditError) {
            _ = try file.read()
            return nil
        } catch {
            return error
        }
    }

    @Test func whatIsNoPlainFileIsNamedAndNotWaitedFor() throws {
        let home = try Home()
        let path = home.folder.appendingPathComponent("handovers").path
        let file = DurableFile(path)
        #expect(try file.read() == nil)
        try file.replace([1, 2])
        #expect(try file.read() == [1, 2])
        for (make, words) in [
            ({ mkfifo(path, 0o600) }, "is no plain file"), ({ mkdir(path, 0o700) }, "is no plain file"),
            ({ symlink(path, path) }, "is a link that leads nowhere"), ({ symlink("/dev/null", path) }, "is no plain file"),
        ] as [(() -> Int32, String)] {
            try FileManager.default.removeItem(atPath: path)
            try #require(make() == 0)
            #expect(failure(file) == AuditError(.unavailable, "the file handovers of the audit log \(words)"))
            #expect(HandoverFile(folder: home.folder.path).fault(against: [])?.what.contains("handovers") == true)
            #expect(throws: AuditError.self) { try AnchorFile(path: path).read() }
        }
        try FileManager.default.removeItem(atPath: path)
        try Data(count: DurableFile.limitBytes).write(to: URL(filePath: path))
        #expect(try file.read()?.count == DurableFile.limitBytes)
        try Data(count: DurableFile.limitBytes + 1).write(to: URL(filePath: path))
        #expect(failure(file)?.context.hasSuffix("handovers of the audit log is larger than 1 MiB") == true)
    }

    /// What has the name of the new file: it is neither waited for nor written through.
    @Test func whatStandsInTheWayOfTheNewFileIsNotWrittenTo() throws {
        let home = try Home()
        let path = home.folder.appendingPathComponent("anchor").path, other = home.folder.appendingPathComponent("other").path
        let file = DurableFile(path)
        try Data([9]).write(to: URL(filePath: other))
        for make in [
            { mkfifo(path + ".new", 0o600) }, { symlink(other, path + ".new") }, { link(other, path + ".new") },
            { symlink(path, path + ".new") },
        ] as [() -> Int32] {
            try #require(make() == 0)
            try file.replace([1, 2])
            #expect(try file.read() == [1, 2])
            #expect(try Data(contentsOf: URL(filePath: other)) == Data([9]))
            let found = try FileManager.default.attributesOfItem(atPath: path)
            #expect(found[.type] as? FileAttributeType == .typeRegular && found[.posixPermissions] as? Int == 0o600)
            #expect(found[.referenceCount] as? Int == 1)
        }
        try #require(mkdir(path + ".new", 0o700) == 0)
        #expect(throws: AuditError(
            .unavailable, "the file anchor of the audit log cannot be written: anchor.new is in the way, and cannot be taken away")
        ) { try file.replace([3]) }
        #expect(try file.read() == [1, 2])
    }
}
