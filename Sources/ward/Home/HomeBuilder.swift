internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardHTTP
internal import WardKeys
internal import WardSQLite

/// Makes a home: folders, certificates, keys, and the configuration, by which a home is known to be whole. A process that dies on the way
/// leaves what the next attempt clears.
struct HomeBuilder: Sendable {
    let home: Home
    let environment: String
    /// File that holds the passphrase; nil in development, where one is made.
    let passphraseFile: String?
    /// Where the root key is.
    var keys: KeyServiceKind = .file
    /// Configuration keys of the key service.
    var values: [String: String] = [:]

    /// Makes everything; durable on return. Where that is refused, nothing is left of it.
    /// - Throws: ``Failure`` where there is a home already, or the error of the part that failed.
    func build() async throws {
        if home.exists { throw Failure("\(home.root): is a home already; nothing was changed") }
        for key in ConfigurationKey.all {
            if let value = values[key.name], let complaint = key.complaint(about: value) {
                throw ConfigurationError("command line: \(key.name) \(complaint)")
            }
        }
        var made: [String] = []
        do {
            for folder in [home.root, home.data, home.audit, home.keys, home.tls, home.run] { try Self.make(folder, &made) }
            try await makeKeys()
        } catch {
            for folder in made.reversed() { try? FileManager.default.removeItem(atPath: folder) }
            throw error
        }
        let house = try await House.open(home, purpose: "init", passphraseFile: passphraseFile, accepting: .anchor)
        try await house.audit.record(AuditEvent(.initialize, by: house.operatorOrigin))
        try await house.close()
    }

    /// Makes a folder and those above it that are missing, and notes which were made here: nothing else is ever removed.
    private static func make(_ folder: String, _ made: inout [String]) throws(Failure) {
        guard mkdir(folder, 0o700) != 0 else { return made.append(folder) }
        switch errno {
        case EEXIST: return
        case ENOENT:
            let above = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
            if above.isEmpty { fallthrough }
            try make(above, &made)
            guard mkdir(folder, 0o700) == 0 else { fallthrough }
            made.append(folder)
        default: throw Failure("\(folder): cannot be made; check that the place is writable")
        }
    }

    private func makeKeys() async throws {
        if environment == "development" {
            try DevelopmentCertificates(folder: home.tls).ensure()
        } else {
            _ = try ProcessHardening.apply()
            guard PassphrasePrompt.environment == nil else { throw PassphrasePrompt.inProduction }
            let secrets = Separation.secrets(of: keys) { $0 == "keys.passphrase_file" ? passphraseFile : values[$0] }
            try Separation.check(home, secrets)
        }
        let now = SystemWallClock().now()
        let deployment = LogicalID(uuid: TimeOrderedIDs().next()).text
        try await Keyring.create(
            in: home.keys, settings: .init(environment: environment, deployment: deployment), now: now,
            makingProvider: { try await service().open(mayMake: true, now: now) },
            completing: { try ConfigurationEditor.write(configuration(), to: home.configurationFile) })
    }

    private func service() throws -> KeyServiceSettings {
        let standards = ConfigurationKey.all.reduce(into: [String: String]()) { $0[$1.name] = $1.standard }
        return try KeyServiceSettings(keys, keysFolder: home.keys, { values[$0] ?? standards[$0] }) { [try passphrase()] }
    }

    private func passphrase() throws -> Passphrase {
        if let passphraseFile { return try Passphrase(file: passphraseFile) }
        if let given = try PassphrasePrompt.fromEnvironment(isDevelopment: environment == "development") { return given }
        guard environment == "development" else {
            if let typed = try PassphrasePrompt.ask("Passphrase for the keyring: ") { return typed }
            throw Failure("a production home needs --passphrase-file FILE (mode 0600, on another volume than the data), or --keys with a key service")
        }
        let made = Passphrase.random()
        try made.write(toNewFile: home.developmentPassphrase)
        return made
    }

    private func configuration() -> String {
        var text = """
            # The configuration of this home. Environment variables WARD_… and flags go over it; an unknown key is an error.
            environment: \(environment)

            # Every key with its standard:

            """
        for key in ConfigurationKey.written where key.name != "environment" {
            text += "#   \(key.name): \(key.standard ?? "(none)")   # \(key.meaning)\n"
        }
        var values = values
        values["keys.provider"] = keys.rawValue
        if home.keys != home.root + "/keys" { values["keys.folder"] = home.keys }
        if let passphraseFile, keys == .file { values["keys.passphrase_file"] = KeyServiceOptions.absolute(passphraseFile) }
        return text + "\n" + ConfigurationEditor.section(values)
    }
}
