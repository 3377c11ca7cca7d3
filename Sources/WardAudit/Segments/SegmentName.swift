internal import WardDatabase

/// What a segment is called in an archive: `<year>/<first leaf>-<end>.segment`, fifteen digits each; a run of entries that
/// expired has `.expired` in the place of `.segment`. So the names alone say what an archive has, and what it has not.
///
/// Where something else has that name, it is `<year>/<first leaf>-<end>.<copy>.segment`, from 1 on.
struct SegmentName: Sendable, Hashable, Comparable {
    let year: Int
    let leaves: Range<Int64>
    let kind: Kind
    /// 0, unless something else has the name.
    var copy = 0

    /// What lies under a name.
    enum Kind: String, Sendable {
        /// Leaves: ``Segment``.
        case segment
        /// Hashes of leaves: ``ExpiredRun``.
        case expired
    }

    /// How many names one segment can have.
    static let copies = 16

    init(year: Int, leaves: Range<Int64>, kind: Kind = .segment, copy: Int = 0) {
        self.year = year
        self.leaves = leaves
        self.kind = kind
        self.copy = copy
    }

    /// Reads a name; nil where it is none.
    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let year = Int(text[..<slash]), (0...9_999).contains(year) else {
            return nil
        }
        let parts = text[slash...].dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int64($0) }
        guard let kind = parts.last.flatMap({ Kind(rawValue: String($0)) }), ends.count == 2, ends[0] >= 0,
              ends[0] < ends[1], ends[1] <= AuditLimits.positions,
              let copy = parts.count == 3 ? Int(parts[1]) : 0, (0..<Self.copies).contains(copy) else { return nil }
        self.init(year: year, leaves: ends[0]..<ends[1], kind: kind, copy: copy)
        guard self.text == text else { return nil }
    }

    /// The name.
    var text: String {
        let place = "\(year)/\(Self.digits(leaves.lowerBound))-\(Self.digits(leaves.upperBound))"
        return copy == 0 ? "\(place).\(kind)" : "\(place).\(copy).\(kind)"
    }

    /// The same, as where nothing else has the name.
    var first: SegmentName { SegmentName(year: year, leaves: leaves, kind: kind) }

    /// Every name that what has this one could have.
    var alternatives: [SegmentName] {
        (0..<Self.copies).map { SegmentName(year: year, leaves: leaves, kind: kind, copy: $0) }
    }

    /// In the order of the log; segments before runs.
    static func < (one: SegmentName, other: SegmentName) -> Bool { one.order < other.order }

    private var order: (Int, Int64, Int64, Int, Int) {
        (year, leaves.lowerBound, leaves.upperBound, kind == .segment ? 0 : 1, copy)
    }

    /// A number in fifteen digits, so that names are in order.
    static func digits(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 15 - digits.count)) + digits
    }
}
