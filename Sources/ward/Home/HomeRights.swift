#if canImport(Glibc)
internal import Glibc
#endif

/// Whether this account may read what every command on a home reads. What it may not read is not missing and not changed, and whoever is
/// told that it is would make or restore what is there.
enum HomeRights {
    /// Refuses where the operating system denies this account the home, or a file of its configuration, its log or its keys. What else
    /// is wrong with them others say; the databases' own rights to write are told of where they are opened.
    /// - Throws: ``Failure`` that names the file or folder.
    static func require(_ home: Home) throws(Failure) {
        try require([home.root], X_OK, "may not be entered")
        try require([home.configurationFile], R_OK, "may not be read")
        try require([home.audit, home.data, home.keys], X_OK, "may not be entered")
        let databases = [home.auditDatabase, home.auditIndex].flatMap { file in ["", "-wal", "-shm"].map { file + $0 } }
        let others = [home.logHandovers, home.auditAnchor, home.witnessed, home.keys + "/keyring.key", home.keys + "/log.key"]
        try require(databases + others, R_OK, "may not be read")
    }

    private static func require(_ paths: [String], _ right: Int32, _ denial: String) throws(Failure) {
        for path in paths where access(path, right) != 0 && errno == EACCES { throw Failure(words("\(path): \(denial)")) }
    }

    /// In words that something is denied, and what would be right.
    /// - Parameter denial: what is denied, such as `PATH: may not be read`.
    static func words(_ denial: String) -> String {
        """
        \(denial) by this account (\(OperatingSystemUser.name)), so nothing is known of what it holds: run this as the account that serves the \
        home, or give it back to that account (chown, and chmod u+rw, a folder u+rwx)
        """
    }
}
