import Testing
import WardDatabase
import WardVault

@testable import WardIdentity

@Suite("Memory of sessions")
struct SessionCacheTests {
    private let user = LogicalID(uuid: [UInt8](repeating: 1, count: 16))
    private let token = SessionToken.make()

    private func entry(_ token: SessionToken, lastUsedAt: Int64 = 0) -> SessionCache.Entry {
        let session = Session(
            user: user.text, tokenHash: token.hash, epoch: 0, factors: [.password, .oneTimeCode], source: "192.0.2.1",
            createdAt: 0, lastUsedAt: 0, expiresAt: SessionPolicy.standard.absolute)
        let item = CollectionItem(id: token.session.id, version: 1, updatedAt: 0, value: session)
        return SessionCache.Entry(
            item: item, user: user, name: "ada", role: .clinician, factors: [.password, .oneTimeCode],
            lastUsedAt: lastUsedAt)
    }

    private func generation(_ cache: SessionCache) throws -> UInt64 {
        guard case .unknown(let generation) = cache.use(token, now: 0) else { throw Unexpected() }
        return generation
    }

    private struct Unexpected: Error {}

    @Test("a session that was read before an end does not come in after it")
    func slowRead() throws {
        let ends: [@Sendable (SessionCache) -> Void] = [
            { [token] in $0.forget(token.session) }, { [user] in $0.forgetAll(of: user) },
            { $0.forgetAll(of: LogicalID(uuid: [UInt8](repeating: 9, count: 16))) },
        ]
        for end in ends {
            let cache = SessionCache(policy: .standard)
            let read = try generation(cache)
            end(cache)
            #expect(!cache.insert(entry(token), token.session, generation: read))
            #expect(cache.count == 0)
            #expect(cache.insert(entry(token), token.session, generation: try generation(cache)))
            #expect(cache.count == 1)
        }
    }

    @Test("a token whose hash begins alike finds nothing")
    func wholeHash() throws {
        let cache = SessionCache(policy: .standard)
        let other = SessionToken.make()
        #expect(cache.insert(entry(other), token.session, generation: try generation(cache)))
        guard case .unknown = cache.use(token, now: 0) else {
            Issue.record("found by half its hash")
            return
        }
    }

    @Test("the sessions not used for longest make room")
    func room() throws {
        let policy = try #require(SessionPolicy(cachedSessions: 4))
        let cache = SessionCache(policy: policy)
        let tokens = (0..<5).map { _ in SessionToken.make() }
        for (index, token) in tokens.enumerated() {
            let inserted = cache.insert(
                entry(token, lastUsedAt: Int64(10 - index)), token.session, generation: try generation(cache))
            #expect(inserted)
        }
        #expect(cache.count == 4)
        #expect(cache.lastUse(of: tokens[3].session) == nil)
        #expect(cache.lastUse(of: tokens[0].session) == 10)
    }
}
