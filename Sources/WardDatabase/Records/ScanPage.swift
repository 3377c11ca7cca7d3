/// Versions that were read one after another, by their sequence.
public struct ScanPage: Sendable {
    /// Those that can be read.
    public var rows: [StoredRecord] = []
    /// Those of which a cell holds what no engine writes.
    public var damaged: [DamagedRow] = []
    /// The last sequence that was looked at; nil where there was nothing.
    public var last: Int64?

    /// An empty page; engines fill it.
    public init() {}

    /// The page without what lies after a sequence.
    public func through(_ end: Int64) -> ScanPage {
        guard let last, last > end else { return self }
        var page = self
        page.rows.removeAll { $0.sequence > end }
        page.damaged.removeAll { $0.sequence > end }
        page.last = [page.rows.last?.sequence, page.damaged.last?.sequence].compactMap(\.self).max()
        return page
    }
}

/// A row that cannot be read as a version of a record: somebody, or a fault of the disk, wrote there.
public struct DamagedRow: Sendable, Hashable {
    /// Its number in the store.
    public var sequence: Int64
    /// The record that it is a version of, where as much can be read.
    public var key: RecordKey?
    /// Which cell it is, in words without its value.
    public var what: String

    /// A damaged row; engines make it.
    public init(sequence: Int64, key: RecordKey?, what: String) {
        self.sequence = sequence
        self.key = key
        self.what = what
    }
}

/// What of a store's own tables is not as its engine makes it.
public struct StoreFlaw: Sendable, Hashable {
    /// Which table, index or row.
    public var place: String
    /// In words without values.
    public var what: String
    /// Whether the store cannot be read as long as it is so.
    public var isFatal: Bool

    /// A flaw; engines make it.
    public init(_ place: String, _ what: String, isFatal: Bool = false) {
        self.place = place
        self.what = what
        self.isFatal = isFatal
    }
}
