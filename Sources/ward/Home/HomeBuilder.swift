internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardHTTP
internal import WardKeys
internal import WardSQLite

/// Makes a home: folders, keys, certificates, stores, and last the configuration, by which a home is known to be whole.
struct HomeBuilder: Sendable {
    let home: Home
    let environment: String
    /// File that holds the passphrase; nil in development, where one is made.
    let passphraseFile: String?

    /// Makes everything; durable on return.
    /// - Throws: ``Failure`` where there is a home already or the folder holds something else, or the error of the part that failed.
    func build() async throws {
        if home.exists { throw Failure("\(home.root): is a home already; nothing was changed") }
        for folder in [home.root, home.data, home.audit, home.keys, home.tls, home.run] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw Failure("\(folder): cannot be made; check that the place is writable")
            }
        }
        let passphrase = try passphrase()
        let now = SystemWallClock().now()
        let deployment = LogicalID(uuid: TimeOrderedIDs().next()).text
        let root = try FileKeyring.create(at: home.rootKey, passphrase: passphrase, now: now)
        _ = try await Keyring.create(
            in: home.keys, provider: root, settings: .init(environment: environment, deployment: deployment), now: now)
        if environment == "development" { try DevelopmentCertificates(folder: home.tls).ensure() }
        try write(configuration())
        let house = try await House.open(home, purpose: "init", passphraseFile: passphraseFile)
        try await house.audit.record(AuditEvent(.initialize, by: house.operatorOrigin))
        try await house.close()
    }

    private func passphrase() throws -> Passphrase {
        if let passphraseFile { return try Passphrase(file: passphraseFile) }
        if let text = ProcessInfo.processInfo.environment["WARD_PASSPHRASE"] { return try Passphrase(Array(text.utf8)) }
        guard environment == "development" else {
            throw Failure("a production home needs --passphrase-file FILE (mode 0600, on another volume than the data) or a key service")
        }
        let made = Passphrase.random()
        try made.write(toNewFile: home.developmentPassphrase)
        return made
    }

    private func configuration() -> String {
        var text = """
            # The configuration of this home. Environment variables WARD_… and flags go over it; an unknown key is an error.
            environment: \(environment)

            """
        if let passphraseFile {
            text += "keys:\n  passphrase_file: \(URL(fileURLWithPath: passphraseFile).standardizedFileURL.path)\n"
        }
        text += "\n# Every key with its standard:\n"
        for key in ConfigurationKey.all where key.name != "environment" {
            text += "#   \(key.name): \(key.standard ?? "(none)")   # \(key.meaning)\n"
        }
        return text
    }

    private func write(_ text: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: home.configurationFile), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: home.configurationFile)
        } catch {
            throw Failure("\(home.configurationFile): cannot be written")
        }
    }
}
