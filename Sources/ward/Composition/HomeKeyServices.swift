internal import Foundation
internal import WardDatabase
internal import WardKeys

/// The key services that the configuration of a home names: that of `keys.provider`, others whose settings stand there too, and, while keys
/// move, the one that they move from (`keys.previous`).
struct HomeKeyServices: Sendable {
    let home: Home
    let configuration: WardConfiguration
    /// What was given on the command line; it is tried first.
    let passphraseFile: String?

    /// How a key service is reached, by configuration key of `keys.` as they stand for the service in use.
    typealias Settings = [String: String]

    /// Opens the services of these roots as one. The one that the configuration wishes wraps what is new, where it is among them.
    /// - Throws: ``Failure``, `KeyError` or ``ConfigurationError`` for a root that no service here has.
    func open(_ roots: Set<RootName>) async throws -> any KeyProvider {
        var found: [(settings: Settings, provider: any KeyProvider)] = []
        for root in roots.sorted() {
            let one = try await find(root)
            found.append((one.settings, try await one.provider()))
        }
        let wished = settings(of: configuration.text("keys.provider") ?? "")
        guard let first = found.first(where: { $0.settings == wished }) ?? found.first else {
            throw Failure("the keyring holds no key")
        }
        guard found.count > 1 else { return first.provider }
        return try await KeyServices(primary: first.provider, others: found.map(\.provider))
    }

    /// The settings by which a root is reached, proved by reaching it; of a file, by looking whose it is.
    /// - Throws: as ``open(_:)``.
    func settings(reaching root: RootName) async throws -> Settings { try await find(root).settings }

    private func find(_ root: RootName) async throws -> (settings: Settings, provider: () async throws -> any KeyProvider) {
        guard KeyServiceKind(rawValue: root.kind) != nil else {
            throw Failure("the keys were wrapped by \"\(root.kind.prefix(20))\", which this program does not know")
        }
        var refusal: (any Error)?
        for settings in candidates(root.kind) {
            do {
                // A file tells whose it is before its passphrase is asked for.
                if root.kind == KeyServiceKind.file.rawValue {
                    guard try FileKeyring.id(at: rootFile(settings)) == root.root else { continue }
                    return (settings, { try await open(settings, mayMake: false) })
                }
                let provider = try await open(settings, mayMake: false)
                if try await provider.describe().name == root { return (settings, { provider }) }
            } catch {
                // What a file of the right name says is worth more than that another is not there.
                if refusal == nil || (error as? KeyError)?.code != .missing { refusal = error }
            }
        }
        throw refusal ?? Failure("""
            the keys were wrapped by another root key (\(root.kind)) than the one that the configuration names: restore what keys.\
            \(root.kind == KeyServiceKind.file.rawValue ? "root_file" : root.kind) names, or the keys folder that belongs to it
            """)
    }

    /// What may reach a root of this kind.
    private func candidates(_ kind: String) -> [Settings] {
        let previous = previousSettings
        return [settings(of: kind)] + (previous["keys.provider"] == kind ? [previous] : [])
    }

    /// The settings of a kind of service that stand in the configuration.
    func settings(of kind: String) -> Settings { collect(kind) { configuration.text($0) } }

    /// The settings of the service before; empty where keys do not move.
    var previousSettings: Settings {
        let value = { (key: String) in configuration.text(ConfigurationKey.previousKeyService + key.dropFirst("keys.".count)) }
        return value("keys.provider").map { collect($0, value) } ?? [:]
    }

    private func collect(_ kind: String, _ value: (String) -> String?) -> Settings {
        let names = kind == KeyServiceKind.file.rawValue ? ["keys.root_file", "keys.passphrase_file"] : []
        let keys = ConfigurationKey.written.map(\.name).filter { names.contains($0) || $0.hasPrefix("keys.\(kind).") }
        return keys.reduce(into: ["keys.provider": kind]) { $0[$1] = value($1) }
    }

    /// Where a file keyring with these settings is.
    func rootFile(_ settings: Settings) -> String { "\(home.keys)/\(settings["keys.root_file"] ?? "root.key")" }

    /// Opens a service.
    /// - Parameter mayMake: whether its root key is made where there is none.
    func open(_ settings: Settings, mayMake: Bool) async throws -> any KeyProvider {
        guard let kind = KeyServiceKind(rawValue: settings["keys.provider"] ?? "") else { throw Failure("no such key service") }
        let service = try KeyServiceSettings(kind, keysFolder: home.keys, { settings[$0] }) {
            try passphrases(settings, mayMake: mayMake)
        }
        return try await service.open(mayMake: mayMake, now: SystemWallClock().now())
    }

    /// Every passphrase that may be the one, the likeliest first: more than one while it is changed.
    private func passphrases(_ settings: Settings, mayMake: Bool) throws -> [Passphrase] {
        // A service before names its own passphrase; where there is none, the passphrase alone is being changed.
        let isChanging = previousSettings.isEmpty
        let changing = isChanging ? configuration.text(ConfigurationKey.previousKeyService + "passphrase_file") : nil
        var files: [String] = []
        for file in [mayMake ? nil : passphraseFile, settings["keys.passphrase_file"], changing].compactMap({ $0 })
        where !files.contains(file) { files.append(file) }
        var found: [Passphrase] = []
        var refusal: (any Error)?
        for file in files {
            do { found.append(try Passphrase(file: file)) } catch { refusal = refusal ?? error }
        }
        if files.isEmpty || configuration.text(ConfigurationKey.previousKeyService + "passphrase_asked") == "true" {
            found.append(try passphraseWithoutFile(mayMake: mayMake))
        }
        if found.isEmpty, let refusal { throw refusal }
        return found
    }

    private func passphraseWithoutFile(mayMake: Bool) throws -> Passphrase {
        if let given = try PassphrasePrompt.fromEnvironment(isDevelopment: configuration.isDevelopment) { return given }
        guard configuration.isDevelopment else {
            if let typed = try PassphrasePrompt.ask("Passphrase of the keyring: ") { return typed }
            throw Failure("a production home needs keys.passphrase_file in ward.yaml, --passphrase-file, or a terminal to ask on")
        }
        if mayMake, !FileManager.default.fileExists(atPath: home.developmentPassphrase) {
            try Passphrase.random().write(toNewFile: home.developmentPassphrase)
        }
        return try Passphrase(file: home.developmentPassphrase)
    }
}
