import Synchronization
import Testing

@testable import WardIdentity

@Suite("Keys of clients by address: nobody makes this server fetch at will")
struct KeySetsTests {
    /// A place on a network that counts who comes, and answers when it is let.
    private final class Place: Sendable {
        let now = Mutex<Int64>(1_000_000_000)
        let fetches = Mutex<[String: Int]>([:])
        let answer = Mutex<(json: [UInt8], seconds: Int)?>(nil)
        let isHeld = Mutex(false)
        var all: Int { fetches.withLock { $0.values.reduce(0, +) } }

        struct NotThere: Error {}

        func makeKeySets() -> KeySets {
            KeySets(
                source: KeySetSource { url in
                    self.fetches.withLock { $0[url, default: 0] += 1 }
                    while self.isHeld.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
                    guard let answer = self.answer.withLock({ $0 }) else { throw NotThere() }
                    return (answer.json, answer.seconds)
                }, clock: { self.now.withLock { $0 } })
        }

        func pass(_ seconds: Int64) { now.withLock { $0 += seconds * 1_000_000 } }
    }

    private func client(_ url: String = "https://client.example/keys") -> Client {
        Client(
            name: "c", kind: .backend, redirectURIs: [], scopes: "system/*.rs", keySet: nil, keySetURL: url, status: .approved,
            createdAt: 0)
    }

    private func ask(_ keySets: KeySets, _ kid: String = "key-1") async -> Bool {
        (try? await keySets.keys(of: client(), keyID: kid)) != nil
    }

    @Test("where nothing is to be had, the next try waits 1, 2, 4, … up to 300 seconds")
    func backOff() async throws {
        let place = Place()
        let keySets = place.makeKeySets()
        for _ in 0..<100 { #expect(await !ask(keySets)) }
        #expect(place.all == 1)
        for (number, wait) in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].enumerated() {
            place.pass(Int64(wait) - 1)
            #expect(await !ask(keySets))
            #expect(place.all == number + 1, "not before \(wait) s")
            place.pass(1)
            for _ in 0..<5 { #expect(await !ask(keySets)) }
            #expect(place.all == number + 2)
        }
        place.answer.withLock { $0 = (ClientKey().keySet, 300) }
        place.pass(300)
        #expect(await ask(keySets))
        place.answer.withLock { $0 = nil }
        place.pass(301)
        #expect(await !ask(keySets))
        place.pass(1)
        place.answer.withLock { $0 = (ClientKey().keySet, 300) }
        #expect(await ask(keySets), "a success begins anew")
    }

    @Test("keys that may not be kept are fetched once in thirty seconds all the same, and so is a key that is not there")
    func pause() async throws {
        let place = Place()
        let keySets = place.makeKeySets()
        place.answer.withLock { $0 = (ClientKey().keySet, 0) }
        for number in 0..<100 { #expect(await ask(keySets, "key-\(number)")) }
        #expect(place.all == 1)
        place.pass(30)
        for number in 0..<100 { #expect(await ask(keySets, "key-\(number)")) }
        #expect(place.all == 2)
    }

    @Test("who needs the same keys at once waits for one fetch, and one who goes away takes it from nobody")
    func together() async throws {
        let place = Place()
        place.answer.withLock { $0 = (ClientKey().keySet, 300) }
        place.isHeld.withLock { $0 = true }
        let keySets = place.makeKeySets()
        let first = Task { try await keySets.keys(of: client(), keyID: "key-1") }
        while place.all == 0 { await Task.yield() }
        first.cancel()
        let others = (0..<50).map { _ in Task { try await keySets.keys(of: client(), keyID: "key-1") } }
        for _ in 0..<200 { await Task.yield() }
        place.isHeld.withLock { $0 = false }
        for other in others { #expect(try await other.value.contains("key-1")) }
        #expect(place.all == 1)
    }

    @Test("so many fetches are under way at once, over all addresses")
    func width() async throws {
        let place = Place()
        place.isHeld.withLock { $0 = true }
        let keySets = place.makeKeySets()
        let tasks = (0..<40).map { number in
            Task { try await keySets.keys(of: client("https://\(number).example/keys"), keyID: "key-1") }
        }
        while place.all < KeySets.width { await Task.yield() }
        for _ in 0..<500 { await Task.yield() }
        #expect(place.all == KeySets.width)
        place.isHeld.withLock { $0 = false }
        for task in tasks { _ = await task.result }
    }
}
