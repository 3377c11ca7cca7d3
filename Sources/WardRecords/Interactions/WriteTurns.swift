internal import Synchronization
internal import WardDatabase

/// Puts writers of one record in line once another came before them, so that each gets its turn instead of losing every race.
final class WriteTurns: Sendable {
    /// Who waits, by record; an empty line is that of a writer alone.
    private let lines = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    /// Does `body` when all have ended it that came to this record before. What goes on elsewhere may still come in between.
    func inTurn<Result: Sendable>(
        _ type: String, _ id: LogicalID, _ body: () async throws -> Result
    ) async throws -> Result {
        let record = "\(type)/\(id)"
        await withCheckedContinuation { continuation in
            let isFirst = lines.withLock { lines in
                if lines[record]?.append(continuation) != nil { return false }
                lines[record] = []
                return true
            }
            if isFirst { continuation.resume() }
        }
        defer { leave(record) }
        return try await body()
    }

    private func leave(_ record: String) {
        let next = lines.withLock { lines -> CheckedContinuation<Void, Never>? in
            guard lines[record]?.isEmpty == false else {
                lines[record] = nil
                return nil
            }
            return lines[record]?.removeFirst()
        }
        next?.resume()
    }
}
