import Testing
import WardDatabase
import WardTesting
@testable import WardKeys

@Suite struct SealedTokensTests {
    let clock = FixedClock()
    let session = Array("session".utf8)

    private func tokens(versions: ClosedRange<UInt32> = 1...1) throws -> SealedTokens {
        try SealedTokens(TestKeys.tenant(versions: versions), now: { [clock] in clock.now() })
    }

    @Test func comesBackUntilItExpires() throws {
        let tokens = try tokens()
        let text = try tokens.seal([1, 2, 3], binding: session, lifetime: .seconds(60))
        #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        #expect(try tokens.open(text, binding: session) == [1, 2, 3])
        clock.advance(by: .milliseconds(59_999))
        #expect(try tokens.open(text, binding: session) == [1, 2, 3])
        clock.advance(by: .milliseconds(1))
        #expect(throws: SealError(.expired)) { try tokens.open(text, binding: session) }
    }

    @Test func isOfUseToOneBindingOnly() throws {
        let text = try tokens().seal([1], binding: session, lifetime: .seconds(60))
        #expect(throws: SealError(.authentication)) { try tokens().open(text, binding: Array("other".utf8)) }
    }

    @Test func refusesEveryChange() throws {
        let tokens = try tokens()
        let text = try tokens.seal(Array("page".utf8), binding: session, lifetime: .seconds(60))
        for index in text.indices {
            for other in ["A", "b", "-", "=", " ", "é"] where String(text[index]) != other {
                let changed = text[..<index] + other + text[text.index(after: index)...]
                #expect(throws: SealError.self) { try tokens.open(String(changed), binding: session) }
            }
        }
        for changed in ["", text + "=", text + "A", String(text.dropLast())] {
            #expect(throws: SealError.self) { try tokens.open(changed, binding: session) }
        }
        #expect(throws: SealError(.tooLarge)) {
            try tokens.seal([UInt8](repeating: 0, count: 20_000), binding: session, lifetime: .seconds(1))
        }
    }

    /// Links seal under the newest key from a rotation on, and open under the older one as long as it is there.
    @Test func aRotationIsFollowed() throws {
        let keys = TestKeys.tenant(), both = TestKeys.tenant(versions: 1...2)
        let tokens = try SealedTokens(keys, now: { [clock] in clock.now() })
        let before = try tokens.seal([1], binding: session, lifetime: .seconds(60))
        keys.replace(with: .init(newestVersion: 2, derived: [1: both.derived(1), 2: both.derived(2)], indexes: keys.indexes))
        let after = try tokens.seal([2], binding: session, lifetime: .seconds(60))
        #expect(try tokens.open(before, binding: session) == [1] && tokens.open(after, binding: session) == [2])
        keys.replace(with: .init(newestVersion: 2, derived: [2: both.derived(2)], indexes: keys.indexes))
        #expect(try tokens.open(after, binding: session) == [2])
        #expect(throws: SealError(.keyVersion)) { try tokens.open(before, binding: session) }
    }

    @Test func olderKeysStillOpen() throws {
        let text = try tokens().seal([9], binding: session, lifetime: .seconds(60))
        #expect(try tokens(versions: 1...2).open(text, binding: session) == [9])
        #expect(throws: SealError(.keyVersion)) { try tokens(versions: 2...3).open(text, binding: session) }
    }
}
