internal import ArgumentParser
internal import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardRecords
internal import WardSQLite
internal import WardVault

/// `ward verify`: every record against its seal and the audit log.
struct VerifyCommand: AuditedCommand {
    static let events = [EventPromise(.verify, "the records were verified; how many faults there were")]
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Open every version of every record and compare it with the audit log. Works beside a running server.")
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let home = try options.existing()
        let start = ContinuousClock.now
        let configuration = try WardConfiguration(home: home)
        let keyring = try await HomeKeys.open(home, configuration, passphraseFile: options.passphraseFile)
        let tenantKeys = try keyring.tenant(TenantID.first.rawValue)
        let records = try SQLiteRecordStore(readingAt: home.recordDatabase)
        let keyStore = try SQLiteKeyStore(readingAt: home.keyDatabase)
        let log = try LogFile(of: home)
        let verifier = RecordVerifier(
            vault: Vault(store: records, keys: DataKeyring(tenant: tenantKeys, store: keyStore, cache: KeyCache())),
            records: records, log: log.store,
            entries: EntrySealer(
                origin: try LogOrigin(deployment: HomeKeys.deployment(of: keyring)), keys: try AuditKeys(tenant: tenantKeys)),
            logKey: log.publicKey)
        let report = try await verifier.verify()
        await records.close()
        await keyStore.close()
        await log.store.close()
        let elapsed = ContinuousClock.now - start
        let result = VerificationResult(
            isWhole: report.isWhole, entries: report.versions, checkpoints: nil, expired: report.expired,
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18,
            faults: report.faults.map { fault in
                .init(kind: fault.kind.rawValue, place: "\(fault.record)/_history/\(fault.version)", what: fault.what)
            })
        try form.print(result, text: result.text("versions"))
        await VerificationNote.record("records", faults: report.faults.count, home, options)
        if !report.isWhole { throw ExitCode(1) }
    }
}
