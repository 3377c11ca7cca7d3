internal import Foundation
internal import WardDatabase
internal import WardFHIR
internal import WardKeys
internal import WardSystem

/// Opens the keyring of a home, with the passphrase from where the configuration says.
enum HomeKeys {
    /// Opens the keys by the services that wrapped them: what the files say, not what the configuration wishes. Where they say two, a
    /// migration was interrupted, and both open what is theirs.
    static func open(_ home: Home, _ configuration: WardConfiguration, passphraseFile: String?) async throws -> Keyring {
        let services = HomeKeyServices(home: home, configuration: configuration, passphraseFile: passphraseFile)
        let provider = try await services.open(Keyring.roots(in: home.keys))
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

    /// The deployment's name, as the keys are bound to it: `ward/ENVIRONMENT/DEPLOYMENT`.
    static func deployment(of keyring: Keyring) -> String {
        String(keyring.application.split(separator: "/").last ?? "")
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
    static func name(of uid: UInt32) -> String { Accounts.name(ofUser: uid) }
}
