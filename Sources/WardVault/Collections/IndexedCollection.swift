/// A collection whose values are found by lookup fields, as far as making the index anew needs to know it.
public protocol IndexedCollection: Sendable {
    /// Begins with an underscore.
    var name: String { get }

    /// What a value is found by, from its content in the clear.
    /// - Throws: ``VaultError`` with `.notAuthentic` where the content has another form than this program knows.
    func terms(of record: OpenedRecord) throws(VaultError) -> [IndexTerm]
}

extension Collection: IndexedCollection {
    public func terms(of record: OpenedRecord) throws(VaultError) -> [IndexTerm] {
        terms(of: try value(of: record))
    }
}
