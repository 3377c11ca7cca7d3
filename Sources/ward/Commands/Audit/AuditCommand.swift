internal import ArgumentParser

/// `ward audit`: the audit log.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log: verify it, read it, prove what is in it, keep it.",
        subcommands: [
            AuditVerify.self, AuditShow.self, AuditAsk.self, AuditProof.self, AuditExport.self, AuditShip.self,
            AuditArchive.self, AuditRestore.self, AuditExpire.self, AuditHold.self, AuditAccept.self, AuditEvents.self,
        ])
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
