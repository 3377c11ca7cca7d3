/// A place apart from the log where segments are put once and never changed: a folder, or a bucket with object lock.
///
/// Names are `<year>/<first leaf>-<end>.segment`, and `.expired` in place of `.segment` for the hashes of entries that
/// expired. What else lies there is nobody's concern.
public protocol SegmentArchive: Sendable {
    /// A short fixed name: `folder`, `s3`.
    var kind: String { get }

    /// Checks that what is put here stays: before the first segment is.
    /// - Throws: ``AuditError`` with `.unavailable` that says what is not as it must be.
    func probe() async throws

    /// Puts bytes under a name, all or nothing, durably, never over something else.
    /// - Parameter until: microseconds since 1970: until then nobody may remove it.
    /// - Returns: false where something has that name already; nothing was changed then.
    func put(_ bytes: [UInt8], as name: String, until: Int64) async throws -> Bool

    /// The bytes under a name, or nil where there is nothing, or what lies there can be no segment.
    /// - Throws: ``AuditError`` with `.unavailable` where the archive cannot be asked.
    func get(_ name: String) async throws -> [UInt8]?

    /// The names of everything that was put, in order.
    func names() async throws -> [String]

    /// The names of everything that was put, in order, and what part of it cannot be read: the name of a folder.
    ///
    /// For who takes over what others hand out, whom one part that cannot be read must not keep from the others.
    func listing() async throws -> (names: [String], unreadable: [String])
}

extension SegmentArchive {
    /// An archive that can be read whole, or not at all.
    public func listing() async throws -> (names: [String], unreadable: [String]) { (try await names(), []) }
}
