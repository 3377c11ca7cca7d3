import Foundation
import Testing
@testable import WardKeys

@Suite struct PassphraseTests {
    @Test func comesFromAFileThatOnlyItsOwnerReads() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/passphrase"
        #expect(throws: KeyError(.missing, "open passphrase")) { try Passphrase(file: path) }
        let made = Passphrase.random()
        try made.write(toNewFile: path)
        #expect(try folder.mode("passphrase") == 0o600)
        #expect(try Passphrase(file: path).revealed == made.revealed)
        #expect(throws: KeyError(.exists, "create passphrase")) { try made.write(toNewFile: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: KeyError.self) { try Passphrase(file: path) }
    }

    /// A pipe in its place is not waited for.
    @Test func comesFromNothingButAPlainFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/passphrase"
        for make in [{ mkfifo($0, 0o600) }, { mkdir($0, 0o700) }] as [(String) -> Int32] {
            try #require(make(path) == 0)
            #expect(throws: KeyError(.unavailable, "passphrase is no plain file, or larger than 4 MiB")) { try Passphrase(file: path) }
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test func isBoundedAndTrimmed() throws {
        #expect(try Passphrase(Array("0123456789ab\r\n".utf8)).revealed.count == 12)
        #expect(throws: KeyError.self) { try Passphrase(Array("0123456789a\n".utf8)) }
        #expect(throws: KeyError.self) { try Passphrase([UInt8](repeating: 65, count: 1_025)) }
    }

    @Test func saysNothingOfItself() throws {
        let passphrase = try TestKeys.passphrase("unlikely-to-be-seen")
        var dumped = ""
        dump(passphrase, to: &dumped)
        #expect("\(passphrase)" == "Passphrase(redacted)")
        #expect(!dumped.contains("117"))
        #expect(Passphrase.random().revealed != Passphrase.random().revealed)
    }
}

extension Passphrase {
    /// The bytes themselves, for tests alone.
    fileprivate var revealed: [UInt8] {
        var copy: [UInt8] = []
        do throws(KeyError) { copy = try withBytes { $0.map { $0 } } } catch { Issue.record(error) }
        return copy
    }
}
