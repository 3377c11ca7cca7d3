internal import ArgumentParser
internal import WardAudit

/// `ward init`: makes a home.
struct InitCommand: AuditedCommand {
    static let events = [EventPromise(.initialize, "the home was made")]
    static let configuration = CommandConfiguration(commandName: "init", abstract: "Make a home: keys, certificates, stores.")

    /// Kinds of home.
    enum Environment: String, ExpressibleByArgument, CaseIterable {
        case development, production
    }

    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions
    @Option(help: "development needs no ceremony and holds test data only; production holds real records.")
    var environment: Environment = .production
    @Option(help: "Where the root key is: file, pkcs11, awskms or transit.") var keys: KeyServiceKind = .file
    @Option(help: "Folder for the wrapped keys, on another volume than the home where that is a production home.") var keysFolder: String?
    @OptionGroup(title: "Key service") var service: KeyServiceOptions

    /// What was made.
    struct Result: Encodable {
        var home: String
        var environment: String
        var keys: String
        var certificateAuthority: String?
    }

    mutating func run() async throws {
        let home = Home(options.chosen.root, keysFolder: keysFolder)
        try await HomeBuilder(
            home: home, environment: environment.rawValue, passphraseFile: options.passphraseFile, keys: keys, values: service.values
        ).build()
        let authority = environment == .development ? home.tls + "/ca.pem" : nil
        let next = authority == nil
            ? """
                Set tls.certificate and tls.key in \(home.configurationFile), then: ward serve --home \(home.root), and \
                ward user invite NAME --role administrator --home \(home.root)
                """
            : "Next: ward user add NAME --role clinician --home \(home.root), then ward serve --home \(home.root)"
        try form.print(
            Result(home: home.root, environment: environment.rawValue, keys: keys.rawValue, certificateAuthority: authority),
            text: "Made a \(environment.rawValue) home at \(home.root).\n\(next)")
    }
}
