internal import WardDatabase
internal import WardRecords

/// A store of a home whose file is not as it must be, so that nothing of it can be read: what a verification found, and to any other
/// command a reason not to run.
struct UnreadableStore: Error {
    /// The file, by its place in the home; one elsewhere by its whole path.
    let place: String
    let cause: DatabaseError

    /// Opens a store; one that is damaged is named by its place.
    /// - Throws: ``UnreadableStore``, or what `open` throws where it is no fault of the file.
    static func opening<Store>(_ path: String, of home: Home, _ open: (String) throws -> Store) throws -> Store {
        do {
            return try open(path)
        } catch let error as DatabaseError where [.corrupt, .foreign].contains(error.code) {
            throw UnreadableStore(place: home.place(of: path), cause: error)
        }
    }

    /// The same as a fault.
    var fault: RecordFault {
        let remedy = cause.code == .foreign ? "" : "; \(cause.remedy ?? "keep the file as evidence, and restore it from its backup")"
        return RecordFault(
            kind: .store, record: place, version: 0, what: "\(cause.context): nothing else was looked at\(remedy)")
    }
}
