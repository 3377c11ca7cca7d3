import Crypto
import Foundation
import Testing
import WardKeys
@testable import WardKeyProviders

@Suite(.serialized, .enabled(if: SoftHSM.isInstalled, "softhsm2 is not installed: script/bootstrap --test"))
struct PKCS11KeyProviderTests {
    let folder: ProviderFolder
    let pinFile: String

    init() throws {
        folder = try ProviderFolder()
        pinFile = try folder.write("pin", SoftHSM.pin + "\n")
    }

    @Test func conformsToTheProviderSuite() async throws {
        let provider = try await PKCS11KeyProvider.create(SoftHSM.settings(0, pinFile: pinFile), now: 1_700_000_000_000_000)
        #expect(try await KeyProviderConformance(provider).failures() == [])
    }

    @Test func opensAgainAndIsNotMadeTwice() async throws {
        let settings = try SoftHSM.settings(1, pinFile: pinFile)
        let made = try await PKCS11KeyProvider.create(settings, now: 1_700_000_000_000_000)
        let key = try await made.generateDataKey(context)
        let again = try await PKCS11KeyProvider.open(settings)
        #expect(try await again.unwrap(key.wrapped, context: context) == key.key)
        #expect(await code { () throws(KeyError) in _ = try await PKCS11KeyProvider.create(settings, now: 0) } == .exists)
        let description = try await again.describe()
        #expect(description.kind == "pkcs11" && description.root == "ward-1/ward-root")
        #expect(description.versions == [.init(number: 1, createdAt: 1_700_000_000_000_000)])
    }

    @Test func saysWhatIsWrong() async throws {
        let settings = try SoftHSM.settings(2, pinFile: pinFile)
        func opening(_ change: (inout PKCS11Settings) -> Void) async -> KeyError.Code? {
            var other = settings
            change(&other)
            return await code { [other] () throws(KeyError) in _ = try await PKCS11KeyProvider.open(other) }
        }
        #expect(await opening { $0.key = "no-such-key" } == .unknownKey)
        #expect(await opening { $0.token = "no-such-token" } == .missing)
        #expect(await opening { $0.module = "/nowhere/lib.so" } == .missing)
        #expect(await opening { $0.pinFile = folder.path + "/none" } == .settings)
        let wrong = try folder.write("wrong", "0000")
        let open = try folder.write("open", SoftHSM.pin, mode: 0o644)
        let empty = try folder.write("empty", "\n")
        #expect(await opening { $0.pinFile = wrong } == .wrongPassphrase)
        #expect(await opening { $0.pinFile = open } == .permissions)
        #expect(await opening { $0.pinFile = empty } == .badPassphrase)
    }

    /// Others may keep what they like in the token, under the same label too.
    @Test func passesOverObjectsOfOthers() async throws {
        let settings = try SoftHSM.settings(5, pinFile: pinFile)
        let provider = try await PKCS11KeyProvider.create(settings, now: 1_700_000_000_000_000)
        let key = try await provider.generateDataKey(context)
        let foreign = [String(repeating: "ab", count: 200), String(repeating: "cd", count: 16), "07"]
        for (number, id) in foreign.enumerated() {
            let file = try folder.write("foreign-\(number)", String(repeating: "f", count: 32))
            let tool = Process()
            tool.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
            tool.arguments = [
                "--import", file, "--aes", "--token", "ward-5", "--label", "ward-root", "--id", id, "--pin", SoftHSM.pin, "--force",
            ]
            tool.standardOutput = FileHandle.nullDevice
            try tool.run()
            tool.waitUntilExit()
            #expect(tool.terminationStatus == 0)
        }
        let again = try await PKCS11KeyProvider.open(settings)
        #expect(try await again.describe().versions == [.init(number: 1, createdAt: 1_700_000_000_000_000)])
        #expect(try await again.unwrap(key.wrapped, context: context) == key.key)
        #expect(try await KeyProviderConformance(again).failures() == [])
    }

    @Test func refusesAKeyThatCanBeExtracted() async throws {
        let settings = try SoftHSM.settings(3, pinFile: pinFile)
        _ = try await PKCS11KeyProvider.create(settings, now: 0)
        let client = try PKCS11Client(settings)
        try await client.perform { session throws(KeyError) in
            let object = try session.versions(settings.key)[0].object
            #expect(try session.isNeverExtractable(object))
        }
        // What was put in from outside was extractable once.
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
        let file = try folder.write("raw", String(repeating: "k", count: 32))
        tool.arguments = [
            "--import", file, "--aes", "--token", "ward-4", "--label", "ward-root", "--id", "00000001", "--pin", SoftHSM.pin,
        ]
        tool.standardOutput = FileHandle.nullDevice
        try tool.run()
        tool.waitUntilExit()
        #expect(tool.terminationStatus == 0)
        let imported = try SoftHSM.settings(4, pinFile: pinFile)
        #expect(await code { () throws(KeyError) in _ = try await PKCS11KeyProvider.open(imported) } == .permissions)
    }
}
