internal import WardDatabase

extension AuditVerifier {
    /// How far the log expired, as signed tombstones say it: each begins where the one before ends. A tombstone that
    /// does not hold is a fault, and what it tells of is missing then.
    func expired(
        _ books: [AuditBook], _ heads: [SignedCheckpoint?], into report: inout VerificationReport
    ) async throws(DatabaseError) -> Int64 {
        var end: Int64 = 0
        for note in try await store.tombstones() {
            let tombstone: Tombstone
            do throws(AuditError) {
                tombstone = try Tombstone(parsing: note, keys: keys)
            } catch {
                report.faults.append(
                    Fault(error.code == .malformed ? .malformed : .signature, entry: end, error.context))
                return end
            }
            let isOfThisLog = heads.allSatisfy { head in head.map { tombstone.isOf($0.checkpoint.origin) } ?? true }
            guard isOfThisLog, tombstone.range.lowerBound == end else {
                report.faults.append(Fault(.removed, entry: end, "a tombstone is missing, or is of another log"))
                return end
            }
            // A book begins with an entry of its year: so that its first entries expired says how late it was at the
            // least.
            if let book = books.last(where: { $0.start < tombstone.range.upperBound }),
                tombstone.time < CalendarDate.start(ofYear: book.year) + AuditRetention.floor {
                report.faults.append(Fault(
                    .clock, entry: end, through: tombstone.range.upperBound - 1, year: book.year,
                    "a tombstone tells of entries that were younger than six years"))
                return end
            }
            end = tombstone.range.upperBound
        }
        report.expired = end
        if end > 0, let first = try await store.entries(from: 0, limit: 1, maximumBytes: 1).positions.first,
            first < end {
            report.faults.append(Fault(.inserted, entry: first, through: end - 1, "entries stand where a tombstone is"))
        }
        return end
    }

    /// Tombstones that were signed while the clock was ahead: as somebody said by taking it back, where what they tell of was younger
    /// than six years by the clock that was set right; or as the clock of the verifier says now.
    func clockFaults(_ takenBack: [ClosedRange<Int64>]) async throws(DatabaseError) -> [Fault] {
        guard !takenBack.isEmpty || now != nil else { return [] }
        return try await store.tombstones().compactMap { note in
            guard let tombstone = try? Tombstone(parsing: note, keys: keys) else { return nil }
            let ranges = takenBack.filter {
                tombstone.time > $0.lowerBound && tombstone.time <= $0.upperBound &+ EmitterCheck.clockTolerance
            }
            let what: String
            if !ranges.isEmpty {
                // An acceptance that is later than now was of a clock that was ahead itself.
                let right = min(ranges.map(\.lowerBound).min() ?? .max, now ?? .max)
                guard tombstone.newest > right &- AuditRetention.floor else { return nil }
                what = "entries younger than six years were removed by a clock that was ahead and was set right afterwards"
            } else {
                guard let now, tombstone.time > now &+ EmitterCheck.skew else { return nil }
                what = "they were removed at a time that is later than now: by a clock that was ahead"
            }
            return Fault(.clock, entry: tombstone.range.lowerBound, through: tombstone.range.upperBound - 1, what)
        }
    }
}
