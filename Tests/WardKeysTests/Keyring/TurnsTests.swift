import Synchronization
import Testing
import WardKeys

@Suite struct TurnsTests {
    @Test func oneAtATime() async {
        let turns = Turns(), room = Room()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    guard await turns.take() else { return }
                    room.enter()
                    await Task.yield()
                    room.leave()
                    await turns.pass()
                }
            }
        }
        #expect(room.most == 1 && room.all == 50)
    }

    /// Who is in it at once.
    private final class Room: Sendable {
        private let count = Mutex((now: 0, most: 0, all: 0))
        var most: Int { count.withLock(\.most) }
        var all: Int { count.withLock(\.all) }

        func enter() { count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) } }
        func leave() { count.withLock { $0.now -= 1 } }
    }

    @Test func tooManyDoNotWait() async {
        let turns = Turns()
        #expect(await turns.take())
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<65 { group.addTask { await turns.take() } }
            // One of the 65 finds 64 waiting and is the first to end; then each of those that wait gets the turn.
            let isFirstRefused = await group.next() == false
            for _ in 0..<64 { await turns.pass() }
            var given = 0
            for await isGiven in group where isGiven { given += 1 }
            return isFirstRefused && given == 64
        }
        #expect(refused)
    }
}
