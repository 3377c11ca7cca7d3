internal import Foundation
internal import WardDatabase
internal import WardFHIR
internal import WardKeys

/// Opens the keyring of a home, with the passphrase from where the configuration says.
enum HomeKeys {
    /// Opens the keys by the services that wrapped them: what the files say, not what the configuration wishes. Where they say two, a
    /// migration was interrupted, and both open what is theirs.
    static func open(_ home: Home, _ configuration: WardConfiguration, passphraseFile: String?) async throws -> Keyring {
        let kinds = try Keyring.providerKinds(in: home.keys).sorted()
        let wished = configuration.text("keys.provider") ?? ""
        guard let primary = kinds.contains(wished) ? wished : kinds.first else { throw Failure("the keyring holds no key") }
        var others: [any KeyProvider] = []
        for kind in kinds where kind != primary {
            others.append(try await provider(kind, home, configuration, passphraseFile, mayMake: false))
        }
        let first = try await provider(primary, home, configuration, passphraseFile, mayMake: false)
        let provider: any KeyProvider = others.isEmpty ? first : try await KeyServices(primary: first, others: others)
        let keyring = try await Keyring.open(in: home.keys, provider: provider)
        try check(configuration, against: keyring)
        return keyring
    }

    /// Development and production never mix: what a home was made as is sealed into its keys.
    private static func check(_ configuration: WardConfiguration, against keyring: Keyring) throws(Failure) {
        let made = environment(of: keyring)
        guard configuration.text("environment") == made else {
            throw Failure("""
                this home was made for \(made), and ward.yaml or WARD_ENVIRONMENT says otherwise; that cannot be changed: \
                make another home
                """)
        }
    }

    /// What the home was made for, as the keys are bound to it: `ward/ENVIRONMENT/DEPLOYMENT`.
    static func environment(of keyring: Keyring) -> String {
        let parts = keyring.application.split(separator: "/")
        return parts.count == 3 ? String(parts[1]) : ""
    }

    /// Opens a key service of a home.
    /// - Parameter mayMake: whether its root key is made where there is none.
    static func provider(
        _ kind: String, _ home: Home, _ configuration: WardConfiguration, _ passphraseFile: String?, mayMake: Bool
    ) async throws -> any KeyProvider {
        guard let kind = KeyServiceKind(rawValue: kind) else {
            throw Failure("the keys were wrapped by \"\(kind.prefix(20))\", which this program does not know")
        }
        let isMissing = !FileManager.default.fileExists(atPath: home.rootKey)
        let service = try KeyServiceSettings(kind, rootKey: home.rootKey, configuration.text) {
            try passphrase(home, configuration, passphraseFile, mayMake: mayMake && isMissing)
        }
        return try await service.open(mayMake: mayMake, now: SystemWallClock().now())
    }

    /// The deployment's name, as the keys are bound to it: `ward/ENVIRONMENT/DEPLOYMENT`.
    static func deployment(of keyring: Keyring) -> String {
        String(keyring.application.split(separator: "/").last ?? "")
    }

    private static func passphrase(
        _ home: Home, _ configuration: WardConfiguration, _ given: String?, mayMake: Bool
    ) throws -> Passphrase {
        if let file = given ?? configuration.text("keys.passphrase_file") { return try Passphrase(file: file) }
        if let text = ProcessInfo.processInfo.environment["WARD_PASSPHRASE"] { return try Passphrase(Array(text.utf8)) }
        guard configuration.isDevelopment else {
            if let typed = try PassphrasePrompt.ask("Passphrase of the keyring: ") { return typed }
            throw Failure("a production home needs keys.passphrase_file in ward.yaml, --passphrase-file, WARD_PASSPHRASE, or a terminal to ask on")
        }
        if mayMake, !FileManager.default.fileExists(atPath: home.developmentPassphrase) {
            try Passphrase.random().write(toNewFile: home.developmentPassphrase)
        }
        return try Passphrase(file: home.developmentPassphrase)
    }
}

/// The resource types that are served.
enum FHIRDefinitionsTypes {
    /// Those that are records. An AuditEvent is an entry of the log, so that no scope opens it and nothing writes it.
    static let stored = FHIRDefinitions.r4.resourceTypes.filter { $0 != "AuditEvent" }
}

/// The operating-system account that runs the command.
enum OperatingSystemUser {
    static var name: String { NSUserName() }

    /// The name of an account by its number; the number itself where it has none.
    static func name(of uid: UInt32) -> String {
        guard let entry = getpwuid(uid), let name = entry.pointee.pw_name else { return String(uid) }
        return String(cString: name)
    }
}
