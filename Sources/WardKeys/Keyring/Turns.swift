/// Whose turn it is to do what only one may do at a time, in the order of their coming.
public actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// How many may wait.
    private static let limit = 64

    /// Nobody's turn yet.
    public init() {}

    /// Waits for the turn; ``pass()`` gives it on.
    /// - Returns: false where too many wait already: the turn was not given then.
    public func take() async -> Bool {
        guard isTaken else {
            isTaken = true
            return true
        }
        guard waiting.count < Self.limit else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    /// Gives the turn to the next who waits.
    public func pass() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
