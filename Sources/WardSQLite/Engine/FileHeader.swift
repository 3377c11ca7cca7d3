#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import WardSystem

/// The first 100 bytes of a database file, where damage can make a file unreadable, or readable and no longer writable.
///
/// What a server wrote last may still lie in the write-ahead log: only what never changes once the file is made is judged.
/// Source: https://www.sqlite.org/fileformat2.html, 1.3 "The Database Header".
struct FileHeader {
    private let bytes: [UInt8]

    /// Reads the header; nil where there is no plain file, or one without a header. A pipe or a device is not waited for.
    init?(of path: String) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Self.close(descriptor) }
        guard FileStatus(of: descriptor)?.isPlain == true else { return nil }
        var bytes = [UInt8](repeating: 0, count: 100)
        guard pread(descriptor, &bytes, bytes.count, 0) == bytes.count else { return nil }
        self.bytes = bytes
    }

    /// The version that the file says its tables have.
    var userVersion: UInt32 { integer(60) }

    /// What is wrong with it, in words; nil where nothing is.
    func flaw(_ format: DatabaseFormat) -> String? {
        if Array(bytes[..<16]) != Array("SQLite format 3\0".utf8) { return "it does not begin as a database" }
        // Read and written with a write-ahead log.
        if bytes[18] != 2 || bytes[19] != 2 { return "bytes 18 and 19 of its header are not 2 and 2" }
        if bytes[20] != 0 { return "byte 20 of its header is not 0: it has space reserved at the end of pages" }
        if Array(bytes[21...23]) != [64, 32, 32] { return "bytes 21 to 23 of its header are not 64, 32 and 32" }
        // 0 until the first table is there.
        if ![0, 4].contains(integer(44)) { return "bytes 44 to 47 of its header, the format of its tables, are not 4" }
        if ![0, 1].contains(integer(56)) { return "bytes 56 to 59 of its header are not 1: its text is not UTF-8" }
        if ![0, UInt32(bitPattern: format.applicationID)].contains(integer(68)) {
            return "bytes 68 to 71 of its header name another program"
        }
        return nil
    }

    private func integer(_ offset: Int) -> UInt32 { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }

    private static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}

extension SQLiteAuditStore {
    /// What is wrong with the header of a log's file, in words; nil where nothing is, or where there is no such file.
    public static func headerFlaw(path: String) -> String? { FileHeader(of: path)?.flaw(.audit) }

    /// The version of the tables that a log's file names, and the one that this program writes; nil where there is no such file.
    public static func versions(path: String) -> (file: UInt32, program: Int64)? {
        FileHeader(of: path).map { ($0.userVersion, DatabaseFormat.audit.version) }
    }
}

extension SQLiteAuditIndex {
    /// What is wrong with the header of an index's file, in words; nil where nothing is, or where there is no such file.
    public static func headerFlaw(path: String) -> String? { FileHeader(of: path)?.flaw(.auditIndex) }
}
