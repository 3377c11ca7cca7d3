internal import Foundation
internal import WardFHIR
internal import WardKeys

/// Opens the keyring of a home, with the passphrase from where the configuration says.
enum HomeKeys {
    static func open(_ home: Home, _ configuration: WardConfiguration, passphraseFile: String?) async throws -> Keyring {
        let root = try FileKeyring.open(at: home.rootKey, passphrase: try passphrase(home, configuration, passphraseFile))
        return try await Keyring.open(in: home.keys, provider: root)
    }

    /// The deployment's name, as the keys are bound to it: `ward/ENVIRONMENT/DEPLOYMENT`.
    static func deployment(of keyring: Keyring) -> String {
        String(keyring.application.split(separator: "/").last ?? "")
    }

    private static func passphrase(
        _ home: Home, _ configuration: WardConfiguration, _ given: String?
    ) throws -> Passphrase {
        if let file = given ?? configuration.text("keys.passphrase_file") { return try Passphrase(file: file) }
        if let text = ProcessInfo.processInfo.environment["WARD_PASSPHRASE"] { return try Passphrase(Array(text.utf8)) }
        guard configuration.isDevelopment else {
            throw Failure("a production home needs keys.passphrase_file in ward.yaml, --passphrase-file, or WARD_PASSPHRASE")
        }
        return try Passphrase(file: home.developmentPassphrase)
    }
}

/// The resource types that are served.
enum FHIRDefinitionsTypes {
    static let all = FHIRDefinitions.r4.resourceTypes
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
