internal import ArgumentParser
internal import Foundation

/// Where a key service is, for commands that make a home or move its keys. What is secret is named by file.
struct KeyServiceOptions: ParsableArguments {
    @Option(help: "Name of the root key's file in the keys folder, for --keys file.") var rootFile: String?
    @Option(help: "Library of the PKCS #11 module.") var pkcs11Module: String?
    @Option(help: "Label of the token.") var pkcs11Token: String?
    @Option(help: "Label of the root key in the token; it is made where there is none.") var pkcs11Key: String?
    @Option(help: "File that holds the token's user PIN (mode 0600).") var pkcs11PinFile: String?
    @Option(help: "AWS region, such as eu-central-1.") var awsRegion: String?
    @Option(help: "Id, ARN or alias of a symmetric key in AWS KMS.") var awsKey: String?
    @Option(help: "https address of the service, where it is not that of the region.") var awsEndpoint: String?
    @Option(help: "PEM file of the authority of the service's certificate.") var awsCaFile: String?
    @Option(help: "AWS credentials file, profile default (mode 0600); the role of the instance where not given.")
    var awsCredentialsFile: String?
    @Option(help: "https address of the Vault or OpenBao server.") var transitAddress: String?
    @Option(help: "Where the transit engine is mounted.") var transitMount: String?
    @Option(help: "Name of the root key in the engine; it is made where there is none.") var transitKey: String?
    @Option(help: "File that holds the token for the server (mode 0600).") var transitTokenFile: String?
    @Option(help: "Namespace of the server.") var transitNamespace: String?
    @Option(help: "PEM file of the authority of the server's certificate.") var transitCaFile: String?

    /// What was given, by configuration key; paths are made absolute.
    var values: [String: String] {
        let texts: [String: String?] = [
            "keys.root_file": rootFile, "keys.pkcs11.token": pkcs11Token, "keys.pkcs11.key": pkcs11Key, "keys.awskms.region": awsRegion,
            "keys.awskms.key": awsKey, "keys.awskms.endpoint": awsEndpoint, "keys.transit.address": transitAddress,
            "keys.transit.mount": transitMount, "keys.transit.key": transitKey,
            "keys.transit.namespace": transitNamespace,
        ]
        let paths: [String: String?] = [
            "keys.pkcs11.module": pkcs11Module, "keys.pkcs11.pin_file": pkcs11PinFile,
            "keys.awskms.ca_file": awsCaFile, "keys.awskms.credentials_file": awsCredentialsFile,
            "keys.transit.token_file": transitTokenFile, "keys.transit.ca_file": transitCaFile,
        ]
        let absolute = paths.compactMapValues { $0.map(Self.absolute) }
        return texts.compactMapValues { $0 }.merging(absolute) { $1 }
    }

    /// A path from the root of the file system.
    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}

extension KeyServiceKind: ExpressibleByArgument {}
