internal import ServiceLifecycle
internal import WardAudit

/// Submits the log's checkpoints to the witness that the configuration names, for as long as the home is served; does
/// nothing where it names none.
struct WitnessConnection: Service {
    private let link: WitnessLink?
    private let client: WitnessClient?

    /// - Throws: ``Failure`` or ``ConfigurationError`` where the configuration names a witness only in part.
    init(_ house: House) throws {
        let configuration = house.configuration
        guard let address = configuration.text("audit.witness_url") else {
            link = nil
            client = nil
            return
        }
        guard let text = configuration.text("audit.witness_key") else {
            throw ConfigurationError("audit.witness_url needs audit.witness_key: whose cosignatures are they?")
        }
        let key = try WitnessKey(parsing: text)
        let client = try WitnessClient(address: address, authority: configuration.text("audit.witness_authority"))
        self.client = client
        link = WitnessLink(
            log: house.audit, witness: key, file: AnchorFile(path: house.home.witnessed),
            interval: .seconds(configuration.whole("audit.witness_seconds")), send: { try await client.add($0) })
    }

    func run() async throws { try await link?.run() }

    /// Submits what was signed last, and ends the connections: when everything else has ended.
    func finish() async {
        await link?.finish()
        await client?.close()
    }
}
