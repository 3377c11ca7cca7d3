import Foundation
import Testing
import WardSystem

@Suite struct MachineTests {
    @Test func namesAndNumbers() {
        #expect(Accounts.name(ofUser: 0) == "root")
        #expect(Accounts.name(ofUser: 3_999_999_999) == "3999999999")
        #expect(Accounts.number(ofGroup: "root") == 0)
        #expect(Accounts.number(ofGroup: "no such group") == nil)
    }

    @Test func whoIsAtTheOtherEnd() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path + "/socket"
        let (listener, caller) = (try #require(LocalSocket.make()), try #require(LocalSocket.make()))
        defer { for descriptor in [listener, caller] { close(descriptor) } }
        #expect(!LocalSocket.reach(caller, path))
        #expect(!LocalSocket.name(listener, path + String(repeating: "a", count: 108)))
        #expect(LocalSocket.name(listener, path))
        #expect(listen(listener, 1) == 0)
        #expect(LocalSocket.reach(caller, path))
        let accepted = accept(listener, nil, nil)
        defer { close(accepted) }
        #expect(LocalSocket.peer(of: accepted) == UInt32(geteuid()))
        LocalSocket.limitWaiting(accepted, seconds: 1)
        var byte: UInt8 = 0
        #expect(read(accepted, &byte, 1) == -1, "nothing comes, and it is not waited for for ever")
    }

    /// By two ways to ask; a day is more than any clock is set by meanwhile.
    @Test func theClock() {
        #expect(abs(Date().timeIntervalSince1970 - Double(MachineClock.now()) / 1_000_000) < 86_400)
    }
}
