import Foundation
import Testing
@testable import WardKeyProviders

/// Tokens of SoftHSM2, a software PKCS #11 module from Debian.
///
/// The module reads its configuration once in a process, so all tests share one folder of tokens; each has its own.
enum SoftHSM {
    static let module = "/usr/lib/softhsm/libsofthsm2.so"
    static let pin = "4711-0815"

    static var isInstalled: Bool { FileManager.default.fileExists(atPath: module) }

    private static let folder: String? = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-softhsm-\(UUID().uuidString)")
        let tokens = folder.appendingPathComponent("tokens")
        let file = folder.appendingPathComponent("softhsm2.conf")
        do {
            try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
            try Data("directories.tokendir = \(tokens.path)\nlog.level = ERROR\n".utf8).write(to: file)
        } catch {
            return nil
        }
        setenv("SOFTHSM2_CONF", file.path, 1)
        // All the tokens there will be, before the module is loaded: it lists its slots when it is initialised.
        for number in 0..<8 {
            let tool = Process()
            tool.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
            tool.arguments = [
                "--init-token", "--free", "--label", "ward-\(number)", "--so-pin", "security-officer", "--pin", pin,
            ]
            tool.standardOutput = FileHandle.nullDevice
            do { try tool.run() } catch { return nil }
            tool.waitUntilExit()
            guard tool.terminationStatus == 0 else { return nil }
        }
        atexit { try? FileManager.default.removeItem(atPath: SoftHSM.folder ?? "") }
        return folder.path
    }()

    /// Settings for a token of its own for one test.
    static func settings(_ number: Int, pinFile: String) throws -> PKCS11Settings {
        _ = try #require(folder)
        return PKCS11Settings(module: module, token: "ward-\(number)", pinFile: pinFile)
    }
}
