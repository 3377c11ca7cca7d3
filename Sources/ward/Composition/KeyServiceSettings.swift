internal import WardKeyProviders
internal import WardKeys

/// The kinds of key service, by the name that `--keys`, the configuration and wrapped keys give them.
enum KeyServiceKind: String, Sendable, CaseIterable {
    case file, pkcs11, awskms, transit
}

/// A key service as the configuration describes it.
enum KeyServiceSettings {
    /// Several passphrases while one is changed: the file is sealed under one of them. A new file is sealed under the first.
    case file(path: String, [Passphrase])
    case pkcs11(PKCS11Settings)
    case awskms(AWSKMSSettings)
    case transit(TransitSettings)

    /// Settings of one kind, by the values of configuration keys.
    /// - Throws: ``ConfigurationError`` that names the key that is missing, or what `passphrase` throws.
    init(
        _ kind: KeyServiceKind, keysFolder: String, _ value: (String) -> String?, passphrases: () throws -> [Passphrase]
    ) throws {
        func need(_ key: String) throws(ConfigurationError) -> String {
            if let text = value(key) { return text }
            throw ConfigurationError("\(key) must be set for keys.provider \(kind.rawValue)")
        }
        switch kind {
        case .file: self = .file(path: "\(keysFolder)/\(try need("keys.root_file"))", try passphrases())
        case .pkcs11:
            self = .pkcs11(PKCS11Settings(
                module: try need("keys.pkcs11.module"), token: try need("keys.pkcs11.token"),
                key: try need("keys.pkcs11.key"), pinFile: try need("keys.pkcs11.pin_file")))
        case .awskms:
            self = .awskms(AWSKMSSettings(
                region: try need("keys.awskms.region"), key: try need("keys.awskms.key"),
                endpoint: value("keys.awskms.endpoint"), authorityFile: value("keys.awskms.ca_file"),
                credentials: value("keys.awskms.credentials_file").map { .file($0) } ?? .instance))
        case .transit:
            self = .transit(TransitSettings(
                address: try need("keys.transit.address"), mount: try need("keys.transit.mount"),
                key: try need("keys.transit.key"), tokenFile: try need("keys.transit.token_file"),
                namespace: value("keys.transit.namespace"), authorityFile: value("keys.transit.ca_file")))
        }
    }

    /// Opens the service.
    /// - Parameters:
    ///   - mayMake: whether the root key is made where there is none. In AWS KMS it must be there: who makes keys there is not who uses them.
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: `KeyError`.
    func open(mayMake: Bool, now: Int64) async throws(KeyError) -> any KeyProvider {
        switch self {
        case .file(let path, let passphrases):
            var refusal = KeyError(.badPassphrase, "no passphrase was given")
            for passphrase in passphrases {
                do throws(KeyError) {
                    return try FileKeyring.open(at: path, passphrase: passphrase)
                } catch {
                    refusal = error
                    guard error.code == .wrongPassphrase else { break }
                }
            }
            guard mayMake, refusal.code == .missing, let passphrase = passphrases.first else { throw refusal }
            return try FileKeyring.create(at: path, passphrase: passphrase, now: now)
        case .pkcs11(let settings):
            do throws(KeyError) {
                return try await PKCS11KeyProvider.open(settings)
            } catch {
                guard mayMake, error.code == .unknownKey else { throw error }
                return try await PKCS11KeyProvider.create(settings, now: now)
            }
        case .awskms(let settings): return try await AWSKMSKeyProvider.open(settings)
        case .transit(let settings):
            do throws(KeyError) {
                return try await TransitKeyProvider.open(settings)
            } catch {
                guard mayMake, error.code == .unknownKey else { throw error }
                return try await TransitKeyProvider.create(settings)
            }
        }
    }
}
