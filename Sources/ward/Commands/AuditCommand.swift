internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardFHIR
internal import WardKeys
internal import WardSQLite

/// `ward audit`: the audit log.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log: verify it, read it.", subcommands: [Verify.self, Show.self])

    /// `ward audit verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute every hash and check every signature; name the first wrong entry. Works beside a running server.")
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let home = try options.existing()
            let start = ContinuousClock.now
            guard let key = try Keyring.logPublicKeys(in: home.keys).last else { throw Failure("the public key of the log is missing") }
            let store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
            let anchor: SignedCheckpoint?
            var faults: [VerificationResult.FaultLine] = []
            do throws(AuditError) {
                anchor = try AnchorFile(path: home.auditAnchor).read()
            } catch {
                anchor = nil
                faults.append(.init(kind: "changed", place: "anchor", what: "the anchor cannot be read as a signed checkpoint"))
            }
            let report = try await AuditVerifier(store: store, publicKey: key.bytes, anchor: anchor).verify()
            await store.close()
            faults += report.faults.map { fault in
                let place = fault.entry.map { first in
                    fault.through.map { $0 == first ? "entry \(first)" : "entries \(first) to \($0)" } ?? "entry \(first)"
                } ?? "log"
                return .init(kind: fault.kind.rawValue, place: place, what: fault.what)
            }
            let elapsed = ContinuousClock.now - start
            let result = VerificationResult(
                isWhole: faults.isEmpty, entries: Int(report.entries), checkpoints: report.checkpoints,
                seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, faults: faults)
            try form.print(result, text: result.text("entries"))
            await VerificationNote.record("audit", faults: faults.count, home, options)
            if !faults.isEmpty { throw ExitCode(1) }
        }
    }

    /// `ward audit show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the newest entries of the log. That is itself in the log.")
        @Option(help: "How many of the newest entries, at most 10,000.") var last = 50
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            guard (1...10_000).contains(last) else { throw Failure("--last must be 1 to 10,000") }
            let home = try options.existing()
            // The reading is in the log before anything is shown.
            _ = try await HomeAccess.perform(.logRead(count: last), on: home, passphraseFile: options.passphraseFile)
            let lines = try await LogReader(home: home, passphraseFile: options.passphraseFile).newest(last)
            try form.print(lines, text: lines.map(\.text).joined(separator: "\n"))
        }
    }
}

/// Tells the log of a verification; where it cannot be told, says so and goes on: the log may be what is broken.
enum VerificationNote {
    static func record(_ what: String, faults: Int, _ home: Home, _ options: HomeOptions) async {
        do {
            _ = try await HomeAccess.perform(
                .verified(what: what, faults: faults), on: home, passphraseFile: options.passphraseFile)
        } catch {
            OutputOptions.say("ward: this verification could not be written into the audit log: \(Explanation.of(error))")
        }
    }
}
