internal import Crypto
internal import WardDatabase

extension AuditVerifier {
    /// That whatever lies among the rows that were taken aside is told by an entry, by the SHA-256 of all that went at
    /// once. What an archive gave back has none of them; that such rows are missing is therefore no fault.
    /// - Parameter told: digests of the entries that tell of it.
    func asideFaults(told: Set<[UInt8]>) async throws(DatabaseError) -> [Fault] {
        var (hasher, pending, last) = (SHA256(), 0, Int64(0))
        while true {
            let block = try await store.aside(after: last, limit: 256)
            guard let next = block.positions.last else { break }
            for index in 0..<block.count {
                hasher.update(data: Array(block[index]))
                pending += 1
                guard told.contains(Array(hasher.finalize())) else { continue }
                (hasher, pending) = (SHA256(), 0)
            }
            last = next
        }
        guard pending > 0 else { return [] }
        return [Fault(
            .inserted, "rows lie among those that were taken aside of which no entry tells, or were changed there")]
    }
}
