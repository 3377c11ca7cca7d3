internal import Synchronization
internal import WardPHI

/// The `Date` field of answers, made once a second.
final class DateCache: Sendable {
    private let state = Mutex<(second: Int64, text: String)>((-1, ""))

    /// Now, as HTTP writes it.
    var text: String {
        let now = Timestamp.now()
        return state.withLock { state in
            if state.second != now / 1_000_000 { state = (now / 1_000_000, HTTPDate.text(now)) }
            return state.text
        }
    }
}
