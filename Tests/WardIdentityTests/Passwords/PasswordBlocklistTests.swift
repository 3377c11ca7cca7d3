import Foundation
import Testing

@testable import WardIdentity

/// The lists, and the program that compiles them.
private enum PublishedLists {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder: URL = {
        let given = ProcessInfo.processInfo.environment["WARD_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        return (given ?? package.deletingLastPathComponent().appendingPathComponent("shared/data"))
            .appendingPathComponent("passwords")
    }()
    static let builder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("ward-passwords")
    static let canBuild =
        FileManager.default.fileExists(atPath: folder.path) && FileManager.default.isExecutableFile(atPath: builder.path)
}

@Suite("List of common and breached passwords")
struct PasswordBlocklistTests {
    @Test("what is on it, whatever its case")
    func contains() {
        #expect(PasswordBlocklist.builtIn.count > 50_000)
        for password in ["123456", "password", "PassWord", "qwertyuiop", "1qaz2wsx3edc", "leavemealone"] {
            #expect(PasswordBlocklist.builtIn.contains(password), "\(password)")
        }
        for password in ["", "Correct-Horse-7", "mnbrtzGKWQ12"] { #expect(!PasswordBlocklist.builtIn.contains(password)) }
    }

    @Test("made passwords are not taken for listed ones but by chance")
    func chance() {
        let taken = (0..<2_000).count { _ in PasswordBlocklist.builtIn.contains(PasswordGenerator.draw()) }
        #expect(taken <= 3)
    }

    @Test("what is written is read, each once and in order")
    func roundTrip() {
        let bytes = PasswordBlocklist.encode(["b", "a", "A", "c"])
        #expect(bytes.count == 3 * PasswordBlocklist.fingerprintByteCount)
        let list = PasswordBlocklist(encoded: bytes)
        #expect(list.contains("a") && list.contains("B") && list.contains("c") && !list.contains("d"))
        #expect(!PasswordBlocklist(encoded: []).contains("a"))
    }

    // Skipped where the lists are not on the machine, or only this target was built.
    @Test(
        "the builder makes the checked-in bytes",
        .enabled(if: PublishedLists.canBuild, "needs ../shared/data/passwords and the builder"))
    func builder() throws {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("passwords-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = PublishedLists.builder
        process.arguments = [PublishedLists.folder.path, output.path]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let checkedIn = PublishedLists.package.appendingPathComponent("Sources/CPasswords/passwords.bin")
        let same = try Data(contentsOf: output) == Data(contentsOf: checkedIn)
        #expect(same, "run ward-passwords ../shared/data/passwords Sources/CPasswords/passwords.bin")
    }
}
