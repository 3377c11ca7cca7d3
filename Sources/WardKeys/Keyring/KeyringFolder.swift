internal import Foundation

/// The folder of a keyring: `keyring.key` and `log.key`, and while it is being made the mark `unfinished`.
///
/// The mark is there before the first file of a new keyring and goes when everything is whole. A folder with the mark
/// is therefore what a process left that died while it made a home: it holds nothing that anything was sealed with, and
/// making it again begins by clearing it.
struct KeyringFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    var keyring: SecretFile { SecretFile(path + "/keyring.key") }
    var log: SecretFile { SecretFile(path + "/log.key") }
    private var mark: SecretFile { SecretFile(path + "/unfinished") }

    /// Marks the folder as unfinished; removes `leftovers` first where it was marked already.
    /// - Throws: ``KeyError`` with `.exists` where the folder holds a finished keyring.
    func begin(leftovers: [String]) throws(KeyError) {
        if mark.exists {
            for name in leftovers { try? FileManager.default.removeItem(atPath: path + "/" + name) }
            return
        }
        for secret in [keyring, log] where secret.exists { throw KeyError(.exists, secret.name) }
        try mark.create([])
    }

    /// Takes the mark away: the keyring is whole.
    func finish() throws(KeyError) { try mark.remove() }

    /// Reads both documents.
    /// - Throws: ``KeyError`` with `.settings` where they are of two homes; else as ``SecretFile/read()`` and ``CheckedDocument/decode(_:)``.
    func read() throws(KeyError) -> KeyringDocuments {
        let documents = KeyringDocuments(
            keyring: try KeyringFile.document.decode(keyring.read()), log: try LogKeyFile.document.decode(log.read()))
        guard documents.log.application == documents.keyring.application else {
            throw KeyError(.settings, "log.key is of another home than keyring.key: restore the one that belongs to this home")
        }
        return documents
    }

    /// Replaces what differs, the log keys first.
    func write(_ documents: KeyringDocuments, over old: KeyringDocuments?) throws(KeyError) {
        let logBytes = try LogKeyFile.document.encode(documents.log)
        let keyringBytes = try KeyringFile.document.encode(documents.keyring)
        guard let old else {
            try log.create(logBytes)
            try keyring.create(keyringBytes)
            return
        }
        if try LogKeyFile.document.encode(old.log) != logBytes { try log.replace(logBytes) }
        if try KeyringFile.document.encode(old.keyring) != keyringBytes { try keyring.replace(keyringBytes) }
    }
}

/// What the two files of a keyring hold.
struct KeyringDocuments: Sendable {
    var keyring: KeyringFile
    var log: LogKeyFile
}
