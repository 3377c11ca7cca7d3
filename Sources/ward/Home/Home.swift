internal import Foundation

/// A home: the folder that holds everything of one Ward, each part in its own place.
struct Home: Sendable {
    /// The folder itself, absolute.
    let root: String
    /// The keyring and the wrapped data keys: `DIR/keys`, or where the configuration says (`keys.folder`).
    let keys: String

    /// A home at `path`, relative to the current folder unless absolute. Its keys are where its configuration says, or at `keysFolder`
    /// where it is yet to be made.
    init(_ path: String, keysFolder: String? = nil) {
        root = URL(fileURLWithPath: path).standardizedFileURL.path
        let variable = ProcessInfo.processInfo.environment["WARD_KEYS_FOLDER"]
        // A configuration that is not well-formed is told of where it is read as a whole.
        let configured = { [root] in (try? ConfigurationFile(path: root + "/ward.yaml"))?.values["keys.folder"] }
        let folder = keysFolder ?? variable ?? configured() ?? root + "/keys"
        keys = URL(fileURLWithPath: folder).standardizedFileURL.path
    }

    var configurationFile: String { root + "/ward.yaml" }
    /// The sealed records.
    var data: String { root + "/data" }
    var recordDatabase: String { data + "/records.db" }
    /// Where the newest checkpoint of the audit log is kept a second time, away from the log.
    var auditAnchor: String { data + "/audit-anchor" }
    /// The configuration of the last start.
    var lastConfiguration: String { data + "/last-configuration.json" }
    /// How far the verification in the background is, and what the last one found; sealed.
    var verification: String { data + "/verification" }
    /// The newest checkpoint of the audit log that its witness cosigned.
    var witnessed: String { data + "/audit-witnessed" }
    /// How far the audit log was delivered to a receiver or an archive.
    func auditSent(_ name: String) -> String { data + "/audit-sent-\(name)" }
    /// The audit log, its own database.
    var audit: String { root + "/audit" }
    var auditDatabase: String { audit + "/audit.db" }
    /// How the log went from key to key.
    var logHandovers: String { audit + "/handovers" }
    /// The index over the log; made anew where it is missing.
    var auditIndex: String { audit + "/index.db" }
    var keyDatabase: String { keys + "/keys.db" }
    /// The passphrase of a development home; a production home has none here.
    var developmentPassphrase: String { keys + "/passphrase" }
    /// Certificate and key.
    var tls: String { root + "/tls" }
    var run: String { root + "/run" }
    var lockFile: String { run + "/lock" }
    var controlSocket: String { run + "/control.sock" }

    /// Where a file is, as it is told: by its place in the home, or by its whole path where it is elsewhere.
    func place(of path: String) -> String { path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path }

    /// Whether a home was made here.
    var exists: Bool { FileManager.default.fileExists(atPath: configurationFile) }
}
