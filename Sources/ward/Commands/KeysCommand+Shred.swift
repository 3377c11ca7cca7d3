internal import ArgumentParser
internal import WardAudit
internal import WardFHIR
internal import WardRecords

extension KeysCommand {
    /// `ward keys shred`
    struct Shred: AuditedCommand {
        static let events = [
            EventPromise(.signIn, "an administrator signed in for the order"),
            EventPromise(.signInFailed, "the name, password or code was not right"),
            EventPromise(.lockout, "failures reached the number from which on the account is held back"),
            EventPromise(.accountSign, "the password alone was right, or the account is in use elsewhere too"),
            EventPromise(.refusal, "who signed in may not order it"),
            EventPromise(.keyChange, "the shredding was asked for, confirmed, refused, or went a step"),
            EventPromise(.signOut, "the order was given"),
        ]
        static let configuration = CommandConfiguration(
            abstract: "Destroy the keys of a patient, so that nothing of the patient can be read any more, here or from a backup.",
            discussion: """
                Two administrators: one asks, which prints the id of the request, and another confirms within seven days. Confirmed, it is not \
                taken back. At the end the index is made anew while requests go on, which takes a minute for each million records or more. \
                Interrupted, the same command goes on; so does a server, by itself. A legal hold refuses it (ward keys hold).
                """)
        @Option(help: "The patient, as Patient/ID.") var patient: String?
        @Option(help: "Why: 1 to 1,000 characters, kept sealed with the request.") var reason: String?
        @Option(help: "Confirm the request with this id.") var confirm: String?
        @Flag(help: "List all requests.") var list = false
        @OptionGroup var person: SignInOptions
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        func validate() throws {
            let ways = [patient != nil, confirm != nil, list].filter { $0 }.count
            guard ways == 1, (patient != nil) == (reason != nil) else {
                throw ValidationError("give --patient with --reason, or --confirm, or --list")
            }
        }

        mutating func run() async throws {
            if list {
                let found = try await order(.shreddingList)
                return try form.print(found, text: found.map(Self.text).joined(separator: "\n"))
            }
            let signedIn = try person.person()
            if let patient, let reason {
                let asked = try await one(.shredding(.ask(patient: patient, reason: reason), by: signedIn))
                Self.warn(asked.request)
                OutputOptions.say("another administrator confirms within seven days: ward keys shred --confirm \(asked.id)")
                return try form.print(asked, text: asked.id)
            }
            var status = try await one(.shredding(.confirm(id: confirm ?? ""), by: signedIn))
            var progress = ProgressLine("shredding")
            while status.request.state != .done {
                progress.show(Self.progress(status))
                status = try await one(.shreddingStep(id: status.id))
            }
            progress.end()
            try form.print(status, text: Self.text(status))
            Self.warn(status.request)
            OutputOptions.say("back up the keys folder now, and destroy older copies of it")
            for root in status.request.kept {
                OutputOptions.say("the key service keeps \(root), which opens older copies of the keys folder")
            }
        }

        private func order(_ operation: HomeOperation) async throws -> [ShreddingStatus] {
            let answer = try await HomeAccess.perform(operation, on: options.existing(), passphraseFile: options.passphraseFile)
            guard case .shreddings(let found) = answer else { throw Failure("the home answered otherwise than asked") }
            return found
        }

        private func one(_ operation: HomeOperation) async throws -> ShreddingStatus {
            guard let status = try await order(operation).first else { throw Failure("the home answered otherwise than asked") }
            return status
        }

        private static func progress(_ status: ShreddingStatus) -> String {
            let request = status.request
            return switch request.state {
            case .asked, .confirmed: "destroying the patient's keys"
            case .keysDestroyed: "\(request.destroyedKeys) keys destroyed; \(request.withdrawnVersions) versions taken out of searches"
            case .withdrawn: "\(request.withdrawnVersions) versions taken out of searches; destroying what wrapped the keys"
            case .keysRenewed: "making the index anew: " + (status.index.map { "\($0.passed) of \($0.of) versions passed" } ?? "it begins")
            case .indexRenewed, .done: "destroying what wrapped the key of the index"
            }
        }

        /// Says what stays readable.
        private static func warn(_ request: ShredRequest) {
            guard let count = request.sharedRecords, count > 0 else { return }
            let which = count == 1 ? "1 record is another patient's too and stays" : "\(count) records are other patients' too and stay"
            OutputOptions.say("\(which) readable: docs/operating/keys.md says how to find them")
        }

        static func text(_ status: ShreddingStatus) -> String {
            let request = status.request
            let asked = "asked \(FHIRInstant.text(microseconds: request.askedAt)) by \(request.askedBy?.name ?? "nobody")"
            let confirmed = request.confirmedBy.map { ", confirmed by \($0.name)" } ?? ""
            return "\(status.id)\tPatient/\(request.patient)\t\(request.state.rawValue)\t\(asked)\(confirmed)"
        }
    }

    /// `ward keys hold`
    struct Hold: AuditedCommand {
        static let events = [
            EventPromise(.signIn, "an administrator signed in for the order"),
            EventPromise(.signInFailed, "the name, password or code was not right"),
            EventPromise(.lockout, "failures reached the number from which on the account is held back"),
            EventPromise(.accountSign, "the password alone was right, or the account is in use elsewhere too"),
            EventPromise(.refusal, "who signed in may not order it"),
            EventPromise(.keyChange, "the hold was placed, released or refused"),
            EventPromise(.signOut, "the order was given"),
        ]
        static let configuration = CommandConfiguration(
            abstract: "Place, release or list legal holds: a patient on hold is not shredded.")
        @Option(help: "Place a hold on this patient, as Patient/ID.") var patient: String?
        @Option(help: "Why: 1 to 1,000 characters.") var reason: String?
        @Option(help: "Release the hold on this patient, as Patient/ID.") var release: String?
        @Flag(help: "List all holds.") var list = false
        @OptionGroup var person: SignInOptions
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        func validate() throws {
            let ways = [patient != nil, release != nil, list].filter { $0 }.count
            guard ways == 1, (patient != nil) == (reason != nil) else {
                throw ValidationError("give --patient with --reason, or --release, or --list")
            }
        }

        mutating func run() async throws {
            let operation: HomeOperation
            if list {
                operation = .holdList
            } else if let patient, let reason {
                operation = .shredding(.hold(patient: patient, reason: reason), by: try person.person())
            } else {
                operation = .shredding(.release(patient: release ?? ""), by: try person.person())
            }
            let answer = try await HomeAccess.perform(operation, on: options.existing(), passphraseFile: options.passphraseFile)
            guard case .holds(let holds) = answer else { throw Failure("the home answered otherwise than asked") }
            try form.print(holds, text: holds.map(Self.text).joined(separator: "\n"))
            let disagreeing = holds.filter { $0.disagreement != nil }
            guard !disagreeing.isEmpty else { return }
            for hold in disagreeing { OutputOptions.say("ward: Patient/\(hold.patient): \(Self.words(hold))") }
            throw ExitCode(1)
        }

        private static func text(_ hold: HoldStatus) -> String {
            let what = hold.disagreement.map { $0.rawValue.uppercased() } ?? hold.reason ?? ""
            let placed = FHIRInstant.text(microseconds: hold.placedAt)
            return "Patient/\(hold.patient)\t\(placed) by \(hold.placedBy?.name ?? "nobody")\t\(what)"
        }

        /// How records and log disagree, and what makes them agree.
        private static func words(_ hold: HoldStatus) -> String {
            switch hold.disagreement {
            case .notInRecords:
                """
                the audit log tells of a legal hold that nobody released, and the records have none: somebody took it out. Bring the records back \
                from before, or place the hold again (ward keys hold) and release it as it must be
                """
            case .released:
                """
                the audit log tells that this legal hold was released, and the records have it: somebody put it back. It holds all the same, \
                until it is released again (ward keys hold --release)
                """
            case nil: ""
            }
        }
    }
}
