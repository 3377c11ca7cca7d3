import Foundation
import Testing
import WardTesting

/// Homes with their root key in a transit engine, by the commands of the program.
@Suite(.serialized) struct TransitHomeTests {
    let folder: ProviderFolder
    let home: String
    let engine = TransitDouble(token: "s.token")
    let service: LoopbackService
    let pki: TestPKI
    let options: [String]

    init() async throws {
        folder = try ProviderFolder()
        home = folder.path + "/home"
        pki = try TestPKI()
        let engine = engine
        service = try await LoopbackService.start(try pki.leaf()) { engine.respond($0) }
        options = [
            "--transit-address", service.address, "--transit-token-file", try folder.write("token", "s.token\n"),
            "--transit-ca-file", try folder.write("authority.pem", pki.authorityPEM),
        ]
    }

    /// What a command did.
    private struct Done {
        var code: Int32
        var words: String
        /// A member of the JSON document that it printed: a list of texts.
        var lists: [String: [String]]
        var wrappers: Set<String>
    }

    /// The program beside these tests.
    private static func program() throws -> URL {
        let running = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? running
        let candidates = [running, bundle].map { URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("ward") }
        return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }, "the program ward is not built")
    }

    private func ward(_ arguments: String...) async throws -> Done { try await run(arguments) }

    private func run(_ arguments: [String]) async throws -> Done {
        let process = Process()
        process.executableURL = try Self.program()
        process.arguments = arguments + ["--home", home, "--output", "json"]
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WARD_") }
        let files = ["out", "words"].map { folder.path + "/" + $0 }
        for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: files[0]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files[1]))
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let printed = try Data(contentsOf: URL(fileURLWithPath: files[0]))
        let document = (try? JSONSerialization.jsonObject(with: printed)) as? [String: Any] ?? [:]
        let keys = document["keys"] as? [[String: Any]] ?? []
        return Done(
            code: process.terminationStatus, words: try String(contentsOfFile: files[1], encoding: .utf8),
            lists: document.compactMapValues { $0 as? [String] }, wrappers: Set(keys.compactMap { $0["wrapped_by"] as? String }))
    }

    private func make() async throws {
        let made = try await run(["init", "--environment", "development", "--keys", "transit"] + options)
        #expect(made.code == 0, "\(made.words)")
    }

    @Test func fromItsBeginningToItsEnd() async throws {
        try await make()
        #expect(!FileManager.default.fileExists(atPath: home + "/keys/root.key"))
        #expect(try await ward("keys", "status").wrappers == ["root/transit/transit/ward-root/1"])
        let rotated = try await ward("keys", "rotate", "root")
        #expect(rotated.lists["made"] == ["root/transit/transit/ward-root/2"])
        #expect(rotated.lists["destroyed"] == ["root/transit/transit/ward-root/1"])
        #expect(try await ward("keys", "rotate", "kek").lists["made"] == ["tenant-1/kek/2"])
        #expect(try await ward("keys", "rewrap").lists["rewrapped"] == [])
        // To another key of the same engine, and to a file; then the engine is not needed.
        let moved = try await ward("keys", "migrate", "--to", "transit", "--transit-key", "second")
        #expect(moved.lists["rewrapped"] == ["tenant-1/kek/2", "log/1"], "\(moved.words)")
        #expect(moved.lists["kept"] == ["root/transit/transit/ward-root/2"])
        #expect(try await ward("keys", "status").wrappers == ["root/transit/transit/second/1"])
        let left = try await ward("keys", "migrate", "--to", "file")
        #expect(left.lists["kept"] == ["root/transit/transit/second/1"], "\(left.words)")
        await service.stop()
        #expect(try await ward("keys", "status").code == 0)
        #expect(try await ward("audit", "verify").code == 0)
    }

    @Test func whatIsWrongIsSaid() async throws {
        try await make()
        // Another server whose key has the same name: a wrapped key could not say which of the two it needs.
        let other = TransitDouble(token: "s.token")
        let second = try await LoopbackService.start(try pki.leaf()) { other.respond($0) }
        let before = try String(contentsOfFile: home + "/ward.yaml", encoding: .utf8)
        let clash = try await ward("keys", "migrate", "--to", "transit", "--transit-address", second.address)
        #expect(clash.code == 2 && clash.words.contains("give the new one another name"), "\(clash.words)")
        #expect(try String(contentsOfFile: home + "/ward.yaml", encoding: .utf8) == before)
        let named = try await ward(
            "keys", "migrate", "--to", "transit", "--transit-address", second.address, "--transit-key", "second")
        #expect(named.code == 0, "\(named.words)")
        #expect(try await ward("keys", "status").wrappers == ["root/transit/transit/second/1"])
        let passphrase = try await ward("keys", "passphrase", "--new-passphrase-file", folder.path + "/token")
        #expect(passphrase.code == 2 && passphrase.words.contains("keys lie under transit"), "\(passphrase.words)")
        _ = try folder.write("token", "s.another\n")
        let refused = try await ward("keys", "status")
        #expect(refused.code == 2 && refused.words.contains("refused (status 403)"), "\(refused.words)")
        _ = try folder.write("token", "s.token\n")
        await second.stop()
        let gone = try await ward("keys", "status")
        #expect(gone.code == 2 && gone.words.contains("transit does not answer"), "\(gone.words)")
    }
}
