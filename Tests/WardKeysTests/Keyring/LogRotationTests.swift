import Crypto
import Foundation
import Testing
@testable import WardKeys

@Suite struct LogRotationTests {
    let folder: TemporaryFolder
    let root: FileKeyring
    let later = TestKeys.now + 86_400_000_000

    init() throws {
        folder = try TemporaryFolder()
        root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
    }

    private func make() async throws -> Keyring {
        let settings = Keyring.Settings(environment: "development", deployment: "d1")
        return try await Keyring.create(in: folder.path, provider: root, settings: settings, now: TestKeys.now)
    }

    /// The next key is made once, lives through a restart, and signs only once the one before was retired.
    @Test func aLogKeyTakesOver() async throws {
        let keyring = try await make()
        let old = keyring.log
        #expect(keyring.nextLog == nil)
        await #expect(throws: KeyError(.unknownKey, "no log key is about to take over")) {
            try await keyring.retireLog(handover: [1])
        }
        #expect(try await keyring.makeNextLog(now: later).made == ["log/2"])
        let again = try await Keyring.open(in: folder.path, provider: root)
        #expect(try await again.makeNextLog(now: later).isEmpty)
        let next = try #require(again.nextLog)
        #expect(next.publicKey == keyring.nextLog?.publicKey && again.log.publicKey == old.publicKey)
        #expect(try again.logHistory.current == old.publicKey)

        #expect(try await again.retireLog(handover: [1, 2]).destroyed == ["log/1"])
        #expect(again.log.publicKey == next.publicKey && again.nextLog == nil)
        let history = try Keyring.logHistory(in: folder.path)
        #expect(history.current == next.publicKey)
        #expect(history.retired == [.init(key: old.publicKey, id: "log/1", handover: [1, 2])])
        let keys = try await again.status(now: later).keys.filter { $0.place.hasSuffix("log.key") }
        #expect(keys.map(\.id) == ["log/1", "log/2"])
        #expect(keys.map(\.kind) == [.logPublic, .log])
        #expect(keys.map(\.isCurrent) == [false, true])
        #expect(keys.map(\.ageDays) == [1, 0])
        #expect(keys[0].wrappedBy == nil)
        // Nothing of the private half is left, and what is left lets the home open.
        let document = try String(contentsOfFile: folder.path + "/log.key", encoding: .utf8)
        #expect(document.components(separatedBy: "\"wrapped\"").count == 2)
        #expect(try await Keyring.open(in: folder.path, provider: root).log.publicKey == next.publicKey)
    }

    /// A new root wraps the key that signs and the one that is about to; of the retired one there is nothing to wrap.
    @Test func aRootIsRotatedMeanwhile() async throws {
        let keyring = try await make()
        _ = try await keyring.makeNextLog(now: later)
        _ = try await keyring.retireLog(handover: [1])
        _ = try await keyring.makeNextLog(now: later)
        #expect(try await keyring.rotateRoot(now: later).rewrapped == ["tenant-1/kek/1", "log/2", "log/3"])
        let again = try await Keyring.open(in: folder.path, provider: root)
        #expect(again.log.publicKey == keyring.log.publicKey && again.nextLog?.publicKey == keyring.nextLog?.publicKey)
        #expect(try again.logHistory.retired.count == 1)
    }

    /// A file that was written before log keys could be retired is read.
    @Test func theOlderFormIsRead() async throws {
        let keyring = try await make()
        let path = folder.path + "/log.key"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix("ward-log-key 2 "))
        try text.replacingOccurrences(of: "ward-log-key 2 ", with: "ward-log-key 1 ")
            .write(toFile: path, atomically: false, encoding: .utf8)
        let again = try await Keyring.open(in: folder.path, provider: root)
        #expect(again.log.publicKey == keyring.log.publicKey)
    }
}
