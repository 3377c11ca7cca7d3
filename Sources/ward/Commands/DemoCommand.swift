internal import ArgumentParser
internal import WardAudit
internal import WardDatabase
internal import WardIdentity
internal import WardPrivacy
internal import WardRecords

/// `ward demo`: a development home with synthetic patients and somebody who can sign in.
struct DemoCommand: AuditedCommand {
    static let events = [
        EventPromise(.initialize, "the home was made"),
        EventPromise(.userChange, "the clinician got an account, and the one that writes the patients was made and closed"),
        EventPromise(.signIn, "the account that writes the patients got a session"),
        EventPromise(.signOut, "that session ended"),
        EventPromise(.transaction, "the synthetic patients were written"),
        EventPromise(.create, "once for each record of theirs"),
        EventPromise(.search, "whether the house and the practitioner of a patient are there already"),
    ]
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Make a development home with synthetic patients and people; print how to sign in.")
    @Option(help: "How many patients.") var patients = 30
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    /// What was made.
    struct Result: Encodable {
        var home: String
        var patients: Int
        var clinician: HomeAnswer.Credentials
    }

    private static let name = "clinician"

    mutating func run() async throws {
        guard (0...1_000).contains(patients) else { throw Failure("--patients must be 0 to 1,000") }
        let home = options.chosen
        try HomeRights.require(home)
        let isNew = !home.exists
        if isNew { try await HomeBuilder(home: home, environment: "development", passphraseFile: options.passphraseFile).build() }
        let house = try await House.open(home, purpose: "demo", passphraseFile: options.passphraseFile)
        guard house.configuration.isDevelopment else {
            try await house.close()
            throw Failure("\(home.root): is a production home; a demonstration needs one of its own")
        }
        let administration = Administration(house: house)
        var answer = isNew ? nil : try await Self.reopen(house, administration)
        if answer == nil {
            answer = await administration.perform(
                .userAdd(name: Self.name, role: "clinician", password: nil), osUser: OperatingSystemUser.name)
        }
        let written = isNew ? try await Seeding(house: house, administration: administration).run(patients: patients) : 0
        try await house.close()
        guard case .credentials(let credentials) = answer else {
            if case .failed(let words)? = answer { throw Failure(words) }
            return
        }
        try form.print(
            Result(home: home.root, patients: written, clinician: credentials),
            text: (isNew ? "Made a development home at \(home.root) with \(written) synthetic patients." : "The home \(home.root) is there already.")
                + "\nSign in as:\n" + SignInCard(credentials).text + "\n" + Self.hint(home))
    }

    /// Gives the clinician of a demonstration that is there already other credentials, by the link that a person would use.
    /// - Returns: nil where the home has no such account.
    private static func reopen(_ house: House, _ administration: Administration) async throws -> HomeAnswer? {
        let answer = await administration.perform(
            .userReset(name: name, secondFactor: true), osUser: OperatingSystemUser.name)
        guard case .invitation(let invitation) = answer, let token = invitation.link.split(separator: "=").last.map(String.init)
        else { return nil }
        let activation = house.identity.activation
        let offer = try await activation.offer(token: token, source: "local")
        guard let account = UserName(name) else { return nil }
        let password = PasswordGenerator.make(for: account)
        guard let uri = offer.totpURI, let code = OneTimeCode(uri: uri)?.current() else {
            throw Failure("the second factor cannot be read")
        }
        _ = try await activation.activate(
            token: token, view: offer.view, password: password, code: code, source: "local")
        return .credentials(
            .init(id: invitation.id, name: invitation.name, role: invitation.role, password: password, totpUri: uri))
    }

    private static func hint(_ home: Home) -> String {
        """

        Serve it:  ward serve --home \(home.root)
        Then try:  curl --cacert \(home.tls)/ca.pem https://127.0.0.1:8443/fhir/metadata
                   curl --cacert \(home.tls)/ca.pem -d '{"name":"\(name)","password":"…","code":"123456"}' \\
                     -H 'Content-Type: application/json' https://127.0.0.1:8443/auth/sign-in
                   curl --cacert \(home.tls)/ca.pem -H 'Authorization: Bearer TOKEN' https://127.0.0.1:8443/fhir/Patient
        """
    }
}
