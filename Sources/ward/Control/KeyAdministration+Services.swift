internal import Foundation
internal import WardKeys

/// Moves the keys from one key service to another, and changes a passphrase, so that a process that dies at any instant leaves a home that
/// opens, and the same command goes on to the end (decision 25).
///
/// `ward.yaml` names the old way beside the new one before any key moves, and until none needs it: `keys.previous`.
extension KeyAdministration {
    /// Configuration and services as they are now: both change while a server runs.
    private func services() throws -> HomeKeyServices {
        HomeKeyServices(home: home, configuration: try WardConfiguration(home: home), passphraseFile: passphraseFile)
    }

    private var editor: ConfigurationEditor { ConfigurationEditor(path: home.configurationFile) }

    /// Moves every key to another service.
    /// - Parameter values: settings of the new service, by configuration key; what is not among them stands in the configuration.
    func migrate(_ kind: String, _ values: [String: String]) async throws -> KeyChange {
        let services = try services()
        // One service wraps all keys, or two where a move did not end.
        var reached: [(root: RootName, settings: HomeKeyServices.Settings)] = []
        for root in keyring.roots.sorted() { reached.append((root, remembering(try await services.settings(reaching: root), services))) }
        let wanted = try target(kind, values, reached.map(\.settings), services)
        let same = reached.first { Self.isSamePlace($0.settings, wanted) }
        guard reached.count < 2 || same != nil else {
            throw Failure("""
                keys lie under two key services, because a move did not end: call ward keys migrate as it was called then, or with the \
                service that they came from, before they move to a third
                """)
        }
        // Nothing moves but what an older root of it still wraps.
        if reached.count == 1, same != nil, kind == KeyServiceKind.file.rawValue, services.previousSettings.isEmpty {
            return try await keyring.rewrap()
        }
        try checkEnvironment(wanted)
        let old = reached.first { !Self.isSamePlace($0.settings, wanted) }?.settings
        // A new root file is made once ward.yaml names it, so that none is ever left over; any other service is asked before.
        let isNewFile = kind == KeyServiceKind.file.rawValue && same == nil
        if !isNewFile { try await check(try await services.open(wanted, mayMake: same == nil)) }
        try remember(wanted, before: old)
        let change = try await keyring.migrate(to: try await services.open(wanted, mayMake: same == nil || isNewFile))
        try forgetPrevious()
        return change
    }

    /// Forgets how the service before is reached, where no key lies under it any more.
    func forgetPreviousIfUnneeded() async throws {
        let services = try services()
        guard !services.previousSettings.isEmpty, let root = keyring.roots.first, keyring.roots.count == 1 else { return }
        let wished = services.settings(of: services.configuration.text("keys.provider") ?? "")
        if try await services.settings(reaching: root) == wished { try forgetPrevious() }
    }

    /// Seals the root keys in the file under another passphrase.
    /// - Parameter file: holds the new one; nil where it was typed.
    func changePassphrase(file: String?, typed: String?) async throws -> KeyChange {
        let services = try services()
        guard keyring.roots.count == 1, let root = keyring.roots.first, root.kind == KeyServiceKind.file.rawValue else {
            throw Failure("""
                only a root key in a file has a passphrase, and these keys lie under \
                \(keyring.roots.map(\.kind).sorted().joined(separator: " and "))
                """)
        }
        let isHidden = ProcessInfo.processInfo.environment["WARD_KEYS_PASSPHRASE_FILE"] != nil
        guard file != nil || !(configuration.isDevelopment || isHidden) else {
            throw Failure("this home does not ask for its passphrase on a terminal: name the file of the new one by --new-passphrase-file")
        }
        let reached = try await services.settings(reaching: root)
        let passphrase: Passphrase
        if let file {
            passphrase = try Passphrase(file: file)
        } else {
            passphrase = try Passphrase(Array((typed ?? "").utf8))
        }
        let path = services.rootFile(reached)
        if (try? FileKeyring.open(at: path, passphrase: passphrase)) != nil {
            // It was changed already, as far as the file goes.
            try settle(file)
            return KeyChange()
        }
        // Where an earlier call was interrupted, the configuration names both already.
        let before = services.configuration.text(Self.previous("keys.passphrase_file"))
        let isBegun = before != nil || services.configuration.text(ConfigurationKey.previousKeyService + "passphrase_asked") == "true"
        let known = isBegun ? before : remembering(reached, services)["keys.passphrase_file"]
        guard file == nil || file != known else {
            throw Failure("""
                the file of the passphrase was written over: put back the one that opens the keyring, and name the new one by another file
                """)
        }
        var wanted = reached
        wanted["keys.passphrase_file"] = file
        try checkEnvironment(wanted)
        if !configuration.isDevelopment { try Separation.check(home, passphraseFile: file) }
        try editor.change { values in
            values["keys.passphrase_file"] = file
            values[Self.previous("keys.passphrase_file")] = known
            values[ConfigurationKey.previousKeyService + "passphrase_asked"] = known == nil || file == nil ? "true" : nil
        }
        try await keyring.changePassphrase(to: passphrase)
        try settle(file)
        return KeyChange(rewrapped: ["root/file/\(root.root)"])
    }

    /// Only the new passphrase counts from here on.
    private func settle(_ file: String?) throws {
        try editor.change { values in
            values["keys.passphrase_file"] = file
            values = values.filter { !$0.key.hasPrefix(ConfigurationKey.previousKeyService) }
        }
    }

    /// The settings of the service that is wanted: what was given, and else what the configuration says.
    private func target(
        _ kind: String, _ values: [String: String], _ reached: [HomeKeyServices.Settings], _ services: HomeKeyServices
    ) throws -> HomeKeyServices.Settings {
        let flags = values.merging(["keys.provider": kind]) { $1 }
        let named = HomeKeyServices(
            home: home, configuration: try WardConfiguration(home: home, flags: flags), passphraseFile: nil)
        var wanted = named.settings(of: kind)
        guard kind == KeyServiceKind.file.rawValue else {
            if !configuration.isDevelopment, let service = KeyServiceKind(rawValue: kind) {
                try Separation.check(home, Separation.secrets(of: service) { wanted[$0] })
            }
            return wanted
        }
        let name = values["keys.root_file"] ?? services.settings(of: kind)["keys.root_file"]
        let file = reached.first { $0["keys.provider"] == kind && $0["keys.root_file"] == name }
        if let file {
            let isOther = values["keys.passphrase_file"].map { $0 != file["keys.passphrase_file"] } ?? false
            guard reached.count > 1 || !isOther else {
                throw Failure("""
                    the keys lie under \(file["keys.root_file"] ?? "") already: ward keys passphrase changes its passphrase, --root-file NAME \
                    makes another root key
                    """)
            }
            return file
        }
        // What was begun goes on in the file that it began; else a root key that is there already is another one, and old.
        let isBegun = !services.previousSettings.isEmpty && services.settings(of: kind)["keys.root_file"] == wanted["keys.root_file"]
            && services.configuration.text("keys.provider") == kind
        if !isBegun, FileManager.default.fileExists(atPath: services.rootFile(wanted)) {
            if let name = values["keys.root_file"] {
                throw Failure("\(name): is in the keys folder already, and a move makes a new root key; name another by --root-file")
            }
            wanted["keys.root_file"] = freeName()
        }
        if !configuration.isDevelopment {
            guard let passphrase = wanted["keys.passphrase_file"] else {
                throw Failure("a root key in a file needs a passphrase: name its file by --new-passphrase-file")
            }
            try Separation.check(home, passphraseFile: passphrase)
        }
        return wanted
    }

    private func freeName() -> String {
        var number = 2
        while FileManager.default.fileExists(atPath: "\(home.keys)/root-\(number).key") { number += 1 }
        return "root-\(number).key"
    }

    /// The settings with where their passphrase really comes from, as a later start needs to know it.
    private func remembering(_ settings: HomeKeyServices.Settings, _ services: HomeKeyServices) -> HomeKeyServices.Settings {
        var settings = settings
        guard settings["keys.provider"] == KeyServiceKind.file.rawValue else { return settings }
        if let passphraseFile, !opens(services.rootFile(settings), settings["keys.passphrase_file"]) {
            settings["keys.passphrase_file"] = KeyServiceOptions.absolute(passphraseFile)
        }
        if settings["keys.passphrase_file"] == nil, configuration.isDevelopment, PassphrasePrompt.environment == nil {
            settings["keys.passphrase_file"] = home.developmentPassphrase
        }
        return settings
    }

    private func opens(_ path: String, _ passphraseFile: String?) -> Bool {
        guard let passphrase = try? passphraseFile.map(Passphrase.init(file:)) else { return false }
        return (try? FileKeyring.open(at: path, passphrase: passphrase)) != nil
    }

    /// Whether two settings mean the same root: of a file keyring, the file alone says so.
    private static func isSamePlace(_ one: HomeKeyServices.Settings, _ other: HomeKeyServices.Settings) -> Bool {
        let isFile = one["keys.provider"] == KeyServiceKind.file.rawValue && other["keys.provider"] == one["keys.provider"]
        return isFile ? one["keys.root_file"] == other["keys.root_file"] : one == other
    }

    /// Two services may give their roots one name; keys say by that name who wrapped them.
    private func check(_ provider: any KeyProvider) async throws {
        let name = try await provider.describe().name
        guard keyring.roots.contains(name) else { return }
        do throws(KeyError) {
            try await keyring.check(joining: provider)
        } catch {
            throw Failure("""
                the root key there has the name of the one that wraps the keys now (\(name.kind)/\(name.root)) and is another one, so that keys \
                could not say which of them they need: give the new one another name
                """)
        }
    }

    /// Environment variables go over `ward.yaml`, so one that says otherwise would hide the new service from the next start.
    private func checkEnvironment(_ wanted: HomeKeyServices.Settings) throws(Failure) {
        let environment = ProcessInfo.processInfo.environment
        for key in ConfigurationKey.written where wanted[key.name] != nil {
            guard let set = environment[key.variable], set != wanted[key.name] else { continue }
            throw Failure("""
                \(key.variable) is set in the environment and goes over ward.yaml: take it away first, from where the server is started too
                """)
        }
    }

    private func remember(_ wanted: HomeKeyServices.Settings, before old: HomeKeyServices.Settings?) throws {
        try editor.change { values in
            values = values.filter { !$0.key.hasPrefix(ConfigurationKey.previousKeyService) }
            values.merge(wanted) { $1 }
            guard let old else { return }
            for (key, value) in old { values[Self.previous(key)] = value }
        }
    }

    private func forgetPrevious() throws {
        try editor.change { values in values = values.filter { !$0.key.hasPrefix(ConfigurationKey.previousKeyService) } }
    }

    private static func previous(_ key: String) -> String { ConfigurationKey.previousKeyService + key.dropFirst("keys.".count) }
}
