import Foundation
import Testing
import WardSystem

@Suite struct FileStatusTests {
    private func made(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        try withExtendedLifetime(folder) { try body(folder.path) }
    }

    @Test func whatItIs() throws {
        try made { folder in
            let (file, link, pipe) = (folder + "/file", folder + "/link", folder + "/pipe")
            try Data("twelve bytes".utf8).write(to: URL(filePath: file))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(FileStatus(named: file)?.kind == .plain)
            #expect(FileStatus(named: file)?.size == 12)
            #expect(FileStatus(named: folder)?.kind == .folder)
            #expect(FileStatus(named: pipe)?.kind == .other)
            #expect(FileStatus(named: link)?.kind == .link)
            #expect(FileStatus(at: link)?.isPlain == true)
            #expect(FileStatus(at: folder + "/none") == nil)
            #expect(FileStatus(named: folder + "/none") == nil)
            #expect(FileStatus(of: -1) == nil)
            try FileManager.default.removeItem(atPath: file)
            #expect(FileStatus(at: link) == nil)
            #expect(FileStatus(named: link)?.kind == .link)
        }
    }

    /// Two names of one file are one; a copy is another, and so is what came under the same name while the first is still open.
    @Test func whichItIs() throws {
        try made { folder in
            let (file, name, copy) = (folder + "/file", folder + "/name", folder + "/copy")
            try Data("a".utf8).write(to: URL(filePath: file))
            try FileManager.default.linkItem(atPath: file, toPath: name)
            try FileManager.default.copyItem(atPath: file, toPath: copy)
            let descriptor = open(file, O_RDONLY)
            defer { close(descriptor) }
            let identity = try #require(FileStatus(of: descriptor)?.identity)
            #expect(FileStatus(named: name)?.identity == identity)
            #expect(FileStatus(named: copy)?.identity != identity)
            try FileManager.default.removeItem(atPath: file)
            try Data("a".utf8).write(to: URL(filePath: file))
            #expect(FileStatus(named: file)?.identity != identity)
        }
    }

    @Test func whoMayDoWhat() throws {
        try made { folder in
            let file = folder + "/file"
            try Data().write(to: URL(filePath: file))
            for (mode, isOpen, isWritable): (mode_t, Bool, Bool) in [
                (0o600, false, false), (0o700, false, false), (0o640, true, false), (0o604, true, false), (0o610, true, false),
                (0o620, true, true), (0o602, true, true), (0o1602, true, true),
            ] {
                #expect(chmod(file, mode) == 0)
                let status = try #require(FileStatus(at: file))
                #expect(status.mode == UInt32(mode))
                #expect(status.isOpenToOthers == isOpen, "\(mode)")
                #expect(status.isWritableByOthers == isWritable, "\(mode)")
                #expect(status.isOwn && status.owner == UInt32(geteuid()))
            }
            // In a sticky folder others write files of their own, and touch nobody else's.
            for (mode, isWritable): (mode_t, Bool) in [(0o777, true), (0o1777, false), (0o755, false)] {
                #expect(chmod(folder, mode) == 0)
                #expect(FileStatus(at: folder)?.isWritableByOthers == isWritable, "\(mode)")
            }
        }
    }
}
