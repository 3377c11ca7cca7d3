internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// Who else may read the log's own folder: a group that the configuration names, and nobody to write there.
///
/// The home lets the group through (0710), the folder `audit` is for it to read (2750), its database too (0640). Everything
/// else of the home stays the owner's alone.
enum LogFolderRights {
    /// Gives the rights; called once the database is open, so that the files beside it are there.
    /// - Throws: ``Failure`` that says what is wrong.
    static func grant(_ group: String, in home: Home) throws(Failure) {
        let number = try number(of: group, "audit.group")
        try set(home.root, 0o710, number)
        try set(home.audit, 0o2750, number)
        for path in ["", "-wal", "-shm"].map({ home.auditDatabase + $0 }) + [home.logHandovers] {
            if access(path, F_OK) == 0 { try set(path, 0o640, number) }
        }
    }

    /// The number of the group that may take segments over.
    static func number(_ group: String) throws(Failure) -> UInt32 { try number(of: group, "audit.ship.group") }

    private static func number(of group: String, _ key: String) throws(Failure) -> gid_t {
        guard let number = Accounts.number(ofGroup: group) else { throw Failure("\(key): there is no group of that name on this machine") }
        return number
    }

    private static func set(_ path: String, _ mode: mode_t, _ group: gid_t) throws(Failure) {
        // The group first: changing it takes the bit away by which new files get it.
        guard chown(path, uid_t.max, group) == 0, chmod(path, mode) == 0 else {
            throw Failure("audit.group: \(path) cannot be given to the group; the server's account must belong to it")
        }
    }
}
