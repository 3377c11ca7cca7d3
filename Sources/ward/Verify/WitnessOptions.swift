internal import ArgumentParser

/// Which witness a log is compared with.
struct WitnessOptions: ParsableArguments {
    @Option(help: """
        A witness to compare with: a file with its cosigned checkpoint, or its https:// address. Where not given, audit.witness_url is \
        asked, and it is said whether it answered.
        """)
    var witness: String?
    @Option(help: "The witness's key, NAME+ID+BASE64; audit.witness_key of ward.yaml where not given.")
    var witnessKey: String?
    @Option(help: "PEM file of the authority that the witness's address is checked with; audit.witness_authority where not given.")
    var witnessAuthority: String?

    /// What became of the question to the witness.
    enum Answer {
        /// None is named, neither here nor by the configuration.
        case nobody
        case found(WitnessSource.Found)
        /// The one that the configuration names did not answer, and why.
        case away(String)
    }

    /// Asks the witness for what it holds of these books. One that is named here must answer.
    func checkpoints(_ origins: [String], _ configuration: WardConfiguration) async throws -> Answer {
        if let witness {
            let source = try WitnessSource(witness, key: witnessKey, authority: witnessAuthority, configuration: configuration)
            return .found(try await source.checkpoints(origins))
        }
        guard let address = configuration.text("audit.witness_url") else { return .nobody }
        do {
            let source = try WitnessSource(address, key: witnessKey, authority: witnessAuthority, configuration: configuration)
            return .found(try await source.checkpoints(origins))
        } catch let error as Failure {
            return .away(error.description)
        }
    }
}
