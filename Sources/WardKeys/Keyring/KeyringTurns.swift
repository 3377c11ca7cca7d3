/// Whose turn it is to change a keyring: one change at a time, in the order of their coming.
actor KeyringTurns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// How many changes may wait.
    private static let limit = 64

    /// Waits for the turn; ``pass()`` gives it on.
    /// - Throws: ``KeyError`` with `.unavailable` where too many wait already.
    func take() async throws(KeyError) {
        guard isTaken else {
            isTaken = true
            return
        }
        guard waiting.count < Self.limit else {
            throw KeyError(.unavailable, "too many changes of the keys wait; call again")
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Gives the turn to the next who waits.
    func pass() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
