internal import Synchronization

/// Counts what is under way against a bound, without waiting.
final class RequestGate: Sendable {
    private let active = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { active.load(ordering: .relaxed) }

    /// Takes `amount`, or takes nothing and returns false where it would go past the bound. Each taking must be
    /// given back.
    func enter(_ amount: Int = 1) -> Bool {
        let (_, after) = active.add(amount, ordering: .relaxed)
        if after <= limit { return true }
        active.subtract(amount, ordering: .relaxed)
        return false
    }

    /// Gives back what was taken.
    func leave(_ amount: Int = 1) { active.subtract(amount, ordering: .relaxed) }
}
