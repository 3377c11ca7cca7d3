internal import ArgumentParser

/// Which witness a log is compared with.
struct WitnessOptions: ParsableArguments {
    @Option(help: "A witness to compare with: a file with its cosigned checkpoint, or its https:// address.")
    var witness: String?
    @Option(help: "The witness's key, NAME+ID+BASE64; audit.witness_key of ward.yaml where not given.")
    var witnessKey: String?
    @Option(help: "PEM file of the authority that the witness's address is checked with; audit.witness_authority where not given.")
    var witnessAuthority: String?

    /// What the witness holds of these books; nil where none is named.
    func checkpoints(_ origins: [String], _ configuration: @autoclosure () throws -> WardConfiguration) async throws -> WitnessSource.Found? {
        guard let witness else { return nil }
        return try await WitnessSource(witness, key: witnessKey, authority: witnessAuthority, configuration: configuration())
            .checkpoints(origins)
    }
}
