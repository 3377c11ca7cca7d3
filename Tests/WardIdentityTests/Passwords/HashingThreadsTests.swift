import Synchronization
import Testing

@testable import WardIdentity

@Suite("Threads for hashes")
struct HashingThreadsTests {
    /// Holds the only thread up until it is opened.
    private final class Door: Sendable {
        private let state = Mutex((isOpen: false, isReached: false))

        func wait() {
            state.withLock { $0.isReached = true }
            while !state.withLock({ $0.isOpen }) {}
        }

        func open() { state.withLock { $0.isOpen = true } }
        func reached() async { while !state.withLock({ $0.isReached }) { await Task.yield() } }
    }

    /// Whose turn came, in order.
    private final class Order: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    private func waitUntil(_ isSo: () -> Bool) async { while !isSo() { await Task.yield() } }

    #if os(Linux)
        @Test("the work runs below the priority of whoever asks for it")
        func priority() async {
            let threads = HashingThreads(width: 1, queueLimit: 1, patience: .seconds(600))
            let own = BackgroundThread.nice()
            for standing in HashingThreads.Standing.allCases {
                let nice = await threads.run(for: standing) { BackgroundThread.nice() }
                #expect(nice == min(19, own + BackgroundThread.niceness))
            }
            #expect(BackgroundThread.nice() == own)
        }
    #endif

    @Test("strangers fill half of the places, and everybody else goes before them")
    func standing() async {
        let threads = HashingThreads(width: 1, queueLimit: 4, patience: .seconds(600))
        let door = Door()
        let order = Order()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await threads.run(for: .stranger) { door.wait() } != nil }
            await door.reached()
            // One runs, and two wait: the third has no place.
            for _ in 0..<2 { group.addTask { await threads.run(for: .stranger) { order.add("stranger") } != nil } }
            await waitUntil { !threads.hasRoom(for: .stranger) }
            #expect(await threads.run(for: .stranger) {} == nil)
            for _ in 0..<2 { group.addTask { await threads.run(for: .familiar) { order.add("familiar") } != nil } }
            await waitUntil { !threads.hasRoom(for: .familiar) }
            #expect(await threads.run(for: .familiar) {} == nil)
            door.open()
            for await isDone in group { #expect(isDone) }
        }
        #expect(order.all == ["familiar", "familiar", "stranger", "stranger"])
        #expect(threads.hasRoom(for: .stranger))
    }

    @Test("who has waited for too long is turned away without work")
    func patience() async {
        let threads = HashingThreads(width: 1, queueLimit: 4, patience: .zero)
        #expect(await threads.run(for: .familiar) { true } == nil)
        #expect(threads.hasRoom(for: .stranger))
    }

    @Test("no thread is left behind, and the next piece finds one")
    func again() async {
        let threads = HashingThreads(width: 2, queueLimit: 0, patience: .seconds(600))
        for number in 0..<100 { #expect(await threads.run(for: .stranger) { number } == number) }
    }
}
