internal import WardDatabase

extension AuditVerifier {
    /// That whatever lies among the rows that were taken aside is told by an entry, by the digest of all that went at once
    /// (``AsideDigest``). What an archive gave back has none of them; that such rows are missing is therefore no fault.
    /// - Parameter told: digests of the entries that tell of it.
    func asideFaults(told: Set<[UInt8]>) async throws(DatabaseError) -> [Fault] {
        var digest = AsideDigest()
        var next: Int64? = .min
        var due: Int64 = 1
        var isNumbered = true
        while let from = next {
            let rows = try await store.aside(from: from, limit: 256)
            for row in rows {
                isNumbered = isNumbered && row.number == due
                due += 1
                digest.add(row.bytes, at: row.position)
                if digest.isTold(by: told) { digest = AsideDigest() }
            }
            next = rows.last.flatMap { $0.number == .max ? nil : $0.number + 1 }
        }
        guard !digest.isEmpty || !isNumbered else { return [] }
        return [Fault(
            .inserted, "rows lie among those that were taken aside of which no entry tells, or were changed there")]
    }
}
