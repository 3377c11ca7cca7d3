internal import ArgumentParser
internal import WardAudit
internal import WardRecords
internal import WardSearch
internal import WardVault

/// `ward index estimate`: what the index shows of the real data.
struct IndexEstimateCommand: AuditedCommand {
    static let events = [EventPromise(.verify, "before the records are opened")]
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Tell, for each parameter, what its tokens show to somebody who has the database and no key. Works beside a running server.")
    @Option(help: "About how many records to look at, spread evenly; all where not given.") var sample: Int?
    @Flag(name: .customLong("configured"), help: "Judge the list of the configuration before it is in force.") var isConfigured = false
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    /// What is printed.
    struct Result: Encodable {
        var records: Int
        var partitions: Int
        var fields: [FieldLeak]

        /// The worst form of each parameter, for people.
        var text: String {
            var seen: Set<String> = []
            let lines = fields.filter { seen.insert("\($0.type) \($0.parameter) \($0.family)").inserted }.map { field in
                "\(field.type).\(field.parameter)\t\(field.family) \(field.form)\t\(field.values) values\t"
                    + "entropy \(Self.rounded(field.entropyBits)) bits, told by counts \(Self.rounded(field.leakBits))\t"
                    + "guessed \(Self.percent(field.guessed)), unsplit \(Self.percent(field.guessedUnsplit)), "
                    + "commonest \(Self.percent(field.commonest))"
            }
            return (lines + ["\(records) records, \(partitions) partitions"]).joined(separator: "\n")
        }

        private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    }

    func validate() throws {
        if let sample, sample < 1 { throw ValidationError("--sample must be 1 or more") }
    }

    mutating func run() async throws {
        let home = try options.existing()
        _ = try await HomeAccess.perform(
            .verified(what: "index-estimate", faults: 0), on: home, passphraseFile: options.passphraseFile)
        let house = try await ReadingHouse.open(home, passphraseFile: options.passphraseFile)
        let vault = house.vault
        let policy = isConfigured
            ? try house.configuration.indexPolicy() : IndexPolicy.of(vault.indexEpochs.last?.policy) ?? .first
        var progress = ProgressLine("index estimate")
        var shown: Int64 = -1
        let report = try await IndexEstimate(vault: vault, records: house.records).report(sample: sample, policy: policy) {
            let percent = $0 * 100 / max(1, $1)
            if percent != shown { progress.show("\(percent) % of \($1) versions") }
            shown = percent
        }
        progress.end()
        await house.close()
        await VerificationNote.record("index-estimate", faults: 0, home, options)
        let result = Result(
            records: report.records, partitions: Int(vault.indexEpochs.last?.partitions ?? 1), fields: report.fields)
        try form.print(result, text: result.text)
    }
}
