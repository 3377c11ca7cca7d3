public import WardDatabase

/// Compares the index over the log with the log: what it leaves out, no question finds that does not read the whole log.
///
/// Entries and postings are each read once and summed up, by a hash that nobody knows beforehand; memory grows with
/// those who act in the log only. What is not indexed yet, or has expired, is left aside.
public struct IndexCheck: Sendable {
    private let log: any AuditStore
    private let index: any AuditIndexStore

    /// A check of the index of a log.
    public init(of log: any AuditStore, in index: any AuditIndexStore) {
        self.log = log
        self.index = index
    }

    /// Postings of a family.
    private struct Sum: Equatable {
        var count: Int64 = 0
        private var hash: UInt64 = 0

        mutating func add(_ posting: AuditPosting, salt: UInt64) {
            count += 1
            var hasher = Hasher()
            hasher.combine(salt)
            hasher.combine(posting)
            hash &+= UInt64(bitPattern: Int64(hasher.finalize()))
        }
    }

    private static let page = 8_192

    /// What is wrong with the index, in words without values, one for each family of terms; empty where nothing is, and
    /// where it is of another log: then it is made anew before it is used.
    /// - Throws: ``DatabaseError``.
    public func faults(salt: UInt64 = .random(in: .min ... .max)) async throws(DatabaseError) -> [String] {
        let state = try await index.state()
        let start = try await log.state().expired
        guard state.end > start, try await EntryIndex(of: log, in: index).isOfThisLog(state) else { return [] }
        let (expected, values) = try await entries(start..<state.end, salt)
        let found = try await postings(start..<state.end, salt)
        // A server may have made it anew, or let entries expire meanwhile.
        guard try await index.state().end >= state.end, try await log.state().expired == start else { return [] }
        var faults: [String] = []
        for family in AuditTerm.Family.allCases {
            let (there, due) = (found[family] ?? Sum(), expected[family] ?? Sum())
            if there != due {
                faults.append(
                    there.count == due.count
                        ? "some of its \(family) terms are others than those of the log"
                        : "its \(family) terms are not those of the log: there are \(there.count), and \(due.count) are due")
                continue
            }
            let known = Set(try await index.values(of: family, limit: .max))
            let missing = values.filter { $0.family == family && !known.contains($0.value) }.count
            if missing > 0 { faults.append("\(missing) of the values of its \(family) terms are missing") }
        }
        return faults
    }

    /// What the entries of a range should have in the index, and the values of the families that list theirs.
    private func entries(
        _ range: Range<Int64>, _ salt: UInt64
    ) async throws(DatabaseError) -> ([AuditTerm.Family: Sum], Set<AuditTerm>) {
        var sums: [AuditTerm.Family: Sum] = [:]
        var values: Set<AuditTerm> = []
        var position = range.lowerBound
        while position < range.upperBound {
            let block = try await log.entries(from: position, limit: Self.page, maximumBytes: 4 << 20)
            guard let last = block.positions.last else { break }
            for posting in EntryIndex.postings(of: block).0 where posting.position < range.upperBound {
                sums[posting.term.family, default: Sum()].add(posting, salt: salt)
                if posting.term.family != .patient { values.insert(posting.term) }
            }
            position = last + 1
        }
        return (sums, values)
    }

    /// What the index has of a range.
    private func postings(_ range: Range<Int64>, _ salt: UInt64) async throws(DatabaseError) -> [AuditTerm.Family: Sum] {
        var sums: [AuditTerm.Family: Sum] = [:]
        var last: AuditPosting?
        while true {
            let page = try await index.postings(after: last, limit: Self.page)
            for posting in page where range.contains(posting.position) {
                sums[posting.term.family, default: Sum()].add(posting, salt: salt)
            }
            guard page.count == Self.page else { return sums }
            last = page.last
        }
    }
}
