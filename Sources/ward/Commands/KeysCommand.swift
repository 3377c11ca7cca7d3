internal import ArgumentParser
internal import WardAudit
internal import WardFHIR
internal import WardKeys
internal import WardVault

/// `ward keys`: the keys of a home.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys of a home: see, rotate, rewrap, move, shred them. No command shows a key.",
        subcommands: [Status.self, Rotate.self, Rewrap.self, Migrate.self, Passphrase.self, Shred.self, Hold.self])

    /// `ward keys status`
    struct Status: AuditedCommand {
        static let events: [EventPromise] = []
        static let configuration = CommandConfiguration(
            abstract: "List every key by id, kind, version, age and place; data keys are counted, and listed with --data-keys.")
        @Flag(help: "List the data keys instead, a page at a time.") var dataKeys = false
        @Option(help: "With --data-keys: go on after this one, the last id of the page before.") var after: String?
        @Option(help: "With --data-keys: keys of a page, 1 to 10,000.") var limit = 1_000
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        func validate() throws {
            guard dataKeys || after == nil else { throw ValidationError("--after goes with --data-keys") }
        }

        mutating func run() async throws {
            if dataKeys { return try await listDataKeys() }
            let answer = try await HomeAccess.perform(.keysStatus, on: options.existing(), passphraseFile: options.passphraseFile)
            guard case .keys(let status) = answer else { return }
            let lines = status.keys.map(Self.line)
            try form.print(
                status, text: (lines + status.dataKeys.map { "\($0.count) data keys\tunder \($0.wrappedBy)" }).joined(separator: "\n"))
        }

        private func listDataKeys() async throws {
            let answer = try await HomeAccess.perform(
                .dataKeysList(after: after, limit: limit), on: options.existing(), passphraseFile: options.passphraseFile)
            guard case .dataKeys(let page) = answer else { throw Failure("the home answered otherwise than asked") }
            let rest = page.next.map { ["more: --after \($0)"] } ?? []
            try form.print(page, text: (page.keys.map(Self.line) + rest).joined(separator: "\n"))
        }

        private static func line(_ key: KeyringStatus.Key) -> String {
            let made = key.createdAt.map { FHIRInstant.text(microseconds: $0) } ?? "unknown"
            let age = key.ageDays.map { ", \($0) days old" } ?? ""
            let wrapper = key.wrappedBy.map { "\tunder \($0)" } ?? ""
            return "\(key.id)\t\(key.kind.rawValue)\t\(key.isCurrent ? "current" : "old")\tmade \(made)\(age)\t\(key.place)\(wrapper)"
        }
    }

    /// `ward keys rotate root|kek|dek|index|token|log`
    struct Rotate: AuditedCommand {
        static let events = [
            EventPromise(
                .keyChange, """
                    the rotation began, went a step, ended or failed; keys that nothing needs any more are to be destroyed, were, or could \
                    not be
                    """),
        ]
        static let configuration = CommandConfiguration(
            abstract: "Make a new version of a key, online; old versions are destroyed when nothing needs them. Interrupted, it goes on "
                + "when called again.")
        @Argument(help: "root, kek, dek, index, token or log. A new log key must be made known to witnesses.") var key: RotatedKey
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            if key == .index {
                let done = try await IndexWork(home: options.existing(), passphraseFile: options.passphraseFile).rebuild()
                return try form.print(done, text: IndexWork.text(done))
            }
            let work = KeyWork(home: try options.existing(), passphraseFile: options.passphraseFile)
            if key == .dek {
                let change = try await work.rotateDataKeys()
                return try form.print(change, text: KeyWork.text(change))
            }
            var change = try await work.change(.keysRotate(key))
            if key == .kek { change.add(try await work.moveDataKeys()) }
            try form.print(change, text: KeyWork.text(change))
        }
    }

    /// `ward keys rewrap`
    struct Rewrap: AuditedCommand {
        static let events = [
            EventPromise(
                .keyChange, """
                    the wrapping anew began, went a step, ended or failed; keys that nothing needs any more are to be destroyed, were, or \
                    could not be
                    """),
        ]
        static let configuration = CommandConfiguration(
            abstract: "Wrap every key that lies under an older key under the newest one, online; destroy what nothing needs any more.")
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let work = KeyWork(home: try options.existing(), passphraseFile: options.passphraseFile)
            var change = try await work.change(.keysRewrap)
            change.add(try await work.moveDataKeys())
            try form.print(change, text: KeyWork.text(change))
        }
    }

    /// `ward keys migrate --to KIND …`
    struct Migrate: AuditedCommand {
        static let events = [EventPromise(.keyChange, "the migration began, ended or failed")]
        static let configuration = CommandConfiguration(
            abstract: "Move the keys to another key service, online: no record is sealed anew. Interrupted, it goes on when called again.")
        @Option(help: "file, pkcs11, awskms or transit.") var to: KeyServiceKind
        @Option(help: "With --to file: file that holds the passphrase of the new root key (mode 0600).") var newPassphraseFile: String?
        @OptionGroup var service: KeyServiceOptions
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let work = KeyWork(home: try options.existing(), passphraseFile: options.passphraseFile)
            var values = service.values
            if to == .file, let file = newPassphraseFile ?? options.passphraseFile {
                values["keys.passphrase_file"] = KeyServiceOptions.absolute(file)
            }
            let change = try await work.change(.keysMigrate(kind: to.rawValue, values: values))
            try form.print(change, text: KeyWork.text(change))
        }
    }
}

extension RotatedKey: ExpressibleByArgument {}

extension KeysCommand {
    /// `ward keys passphrase`
    struct Passphrase: AuditedCommand {
        static let events = [EventPromise(.keyChange, "the change of the passphrase began, ended or failed")]
        static let configuration = CommandConfiguration(
            abstract: "Seal the root key in a file under another passphrase, online; no other key changes. Interrupted, it goes on when called "
                + "again.")
        @Option(help: "File that holds the new passphrase (mode 0600); asked for on the terminal where it is not given.")
        var newPassphraseFile: String?
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let work = KeyWork(home: try options.existing(), passphraseFile: options.passphraseFile)
            let typed = newPassphraseFile == nil ? try PassphrasePrompt.askForNew() : nil
            guard newPassphraseFile != nil || typed != nil else {
                throw Failure("--new-passphrase-file FILE, or a terminal to type the new passphrase on, is needed")
            }
            let file = newPassphraseFile.map(KeyServiceOptions.absolute)
            let change = try await work.change(.keysPassphrase(file: file, typed: typed))
            try form.print(change, text: KeyWork.text(change))
        }
    }
}
