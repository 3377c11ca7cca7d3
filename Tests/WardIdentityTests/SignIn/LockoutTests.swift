import Foundation
import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Lockout")
struct LockoutTests {
    @Test(
        "the table",
        arguments: [
            (0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 32), (11, 64), (12, 128), (13, 256),
            (14, 512), (15, 900), (16, 900), (50, 900), (99, 900),
        ] as [(Int, Int64)])
    func table(failures: Int, seconds: Int64) {
        let now: Int64 = 1_000_000_000_000
        let until = Lockout.lockedUntil(afterFailures: failures, now: now)
        #expect(until == (seconds == 0 ? 0 : now + seconds * 1_000_000))
    }

    @Test("the document says what is done")
    func documented() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/safeguards/identity.md"), encoding: .utf8)
            .replacing("\n  ", with: " ").replacing("\n", with: " ")
        #expect(Lockout.freeFailures == 5 && Lockout.longestSeconds == 900 && Lockout.finalFailures == 100)
        #expect(text.contains("from the fifth on for 1, 2, 4, … seconds up to 15 minutes, at 100 until an administrator opens it"))
        #expect(PasswordTries.burst == 5 && PasswordTries.refill == .seconds(300))
        #expect(text.contains("an account gets five tries at once and one more each five minutes"))
        #expect(KeySets.pause == 30_000_000 && KeySets.longest == 300_000_000 && KeySets.width == 8)
        #expect(text.contains("an address is asked once in 30 seconds at most") && text.contains("eight fetches run at once"))
    }

    @Test("after a hundred failures only an administrator helps")
    func final() async throws {
        #expect(Lockout.lockedUntil(afterFailures: 100, now: 0) == .max)
        let house = House()
        try await house.add()
        for _ in 0..<100 {
            house.clock.advance(by: .seconds(900))
            _ = try? await house.signIn(password: "wrong", code: "000000")
        }
        #expect(try await house.user().value.failures == 100)
        house.clock.advance(by: .seconds(1_000_000))
        let code = try await house.code()
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
        #expect(try await house.identity.users.list(by: House.operatorCaller).first?.isLocked == true)
        _ = try await house.identity.users.enable(name: "ada", by: House.operatorCaller)
        _ = try await house.signIn(code: house.code())
    }

    @Test("while it lasts the right password is refused and tries do not count; afterwards it is taken")
    func backOff() async throws {
        let house = House()
        try await house.add()
        for _ in 0..<6 {
            _ = try? await house.signIn(password: "wrong", code: "000000")
            house.clock.advance(by: .seconds(1))
        }
        #expect(try await house.user().value.failures == 6)
        let code = try await house.code()
        for _ in 0..<20 {
            await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
        }
        #expect(try await house.user().value.failures == 6)
        house.clock.advance(by: .seconds(1))
        _ = try await house.signIn(code: house.code())
        #expect(try await house.user().value.failures == 0)
        #expect(house.facts.contains(.heldBack(user: try await house.user().id, failures: 5)))
    }

    @Test("wrong codes count as wrong passwords do, and a restart forgets none")
    func codesCount() async throws {
        var house = House()
        try await house.add()
        for _ in 0..<5 {
            _ = try? await house.signIn(code: "000000")
            house = house.restarted()
        }
        #expect(try await house.user().value.failures == 5)
        let code = try await house.code()
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
    }

    @Test("many guesses at one moment are no way past it")
    func race() async throws {
        let house = House()
        try await house.add()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 { group.addTask { _ = try? await house.signIn(password: "wrong", code: "000000") } }
        }
        #expect(try await house.user().value.failures == 5, "once held back, tries do not count")
        let code = try await house.code()
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
    }
}
