#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import WardDatabase
internal import WardSystem

/// What stands in the place of a database file and beside it is looked at before the engine opens any of it: it waits for a pipe, follows
/// a link, and plays back a journal.
///
/// Source: https://www.sqlite.org/tempfiles.html, 2.1 "Rollback Journals" and 2.2 "Write-Ahead Log (WAL) Files".
extension DatabaseFile {
    /// Refuses what is no plain file, under the names `NAME`, `NAME-wal`, `NAME-shm` and `NAME-journal`, and a journal beside a file that
    /// was written: all changes of such a file go into its write-ahead log.
    ///
    /// The file itself may be a link to a plain file; the others lie beside that. One that is being made has a journal until its
    /// write-ahead log is switched on, which a process that dies leaves beside its first page: that is the engine's.
    /// - Throws: `.foreign`.
    func refuseOthers() throws(DatabaseError) {
        // In this order: a file that is made in between is no link that leads nowhere.
        let isThere = FileStatus(named: path) != nil
        let status = FileStatus(at: path)
        if isThere {
            guard let status else { throw foreign(path, "is a link that leads nowhere") }
            guard status.isPlain else { throw foreign(path, "is no plain file") }
        }
        let (file, bytes) = (place, status?.size ?? 0)
        for ending in ["-wal", "-shm", "-journal"] {
            guard let status = FileStatus(named: file + ending) else { continue }
            guard status.isPlain else { throw foreign(file + ending, "is no plain file") }
            if ending == "-journal", bytes > pageSize || size(of: file + "-wal") > 0 { throw foreignJournal(file) }
        }
    }

    /// Opens something, and says of a failure what the operating system denies this account, or which journal is in the way.
    /// - Throws: what `open` throws, or `.forbidden` or `.foreign` in the place of `.unavailable`.
    func namingCauses<Opened>(writes: Bool, _ open: () throws(DatabaseError) -> Opened) throws(DatabaseError) -> Opened {
        do throws(DatabaseError) {
            return try open()
        } catch {
            guard error.code == .unavailable else { throw error }
            if let denial = denial(writes: writes) { throw DatabaseError(.forbidden, denial) }
            throw FileStatus(named: place + "-journal") != nil ? foreignJournal(place) : error
        }
    }

    private func denial(writes: Bool) -> String? {
        let file = place
        let folder = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        if isDenied(folder, X_OK) { return "\(folder): may not be entered" }
        for name in [file, file + "-wal", file + "-shm"] {
            if isDenied(name, R_OK) { return "\(name): may not be read" }
            if writes, isDenied(name, W_OK) { return "\(name): may not be written" }
        }
        // Also to read, the engine makes the files beside it where they are missing.
        return isDenied(folder, W_OK) ? "\(folder): may not be written to" : nil
    }

    private func isDenied(_ name: String, _ right: Int32) -> Bool { access(name, right) != 0 && (errno == EACCES || errno == EPERM) }

    /// Where the file is, links followed; the path itself where there is none.
    private var place: String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func size(of name: String) -> Int64 { FileStatus(named: name)?.size ?? 0 }

    private func foreignJournal(_ file: String) -> DatabaseError {
        foreign(file + "-journal", "stands beside a database that has no journal: what changes goes into its -wal")
    }

    private func foreign(_ name: String, _ what: String) -> DatabaseError {
        DatabaseError(.foreign, "\(name): \(what); somebody put it there. Move it aside, it is evidence")
    }
}
