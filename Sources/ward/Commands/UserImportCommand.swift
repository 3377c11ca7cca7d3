internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardIdentity

/// `ward user import FILE.csv`: invites everybody in a table.
struct UserImportCommand: AuditedCommand {
    static let events = [EventPromise(.userChange, "a person was invited, or linked to a record")]
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Invite everybody in a CSV file with the columns name, role and, if wanted, fhir_user; prints a link for each.")
    @Argument(help: "The file; its first line names the columns.") var file: String
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    /// What became of a line.
    struct Outcome: Encodable {
        var line: Int
        var name: String
        var link: String?
        var expiresAt: String?
        /// Why there is no link.
        var refused: String?
    }

    mutating func run() async throws {
        guard let data = FileManager.default.contents(atPath: file), let text = String(validating: data, as: UTF8.self) else {
            throw Failure("\(file): cannot be read as UTF-8 text")
        }
        // The whole table is understood before anybody is invited.
        let people = try PeopleTable(text, name: file).people
        var outcomes: [Outcome] = []
        for person in people { outcomes.append(try await invite(person)) }
        try form.print(
            outcomes,
            text: outcomes.map { "\($0.name)\t\($0.link ?? "not invited: \($0.refused ?? "")")" }.joined(separator: "\n"))
        if outcomes.contains(where: { $0.refused != nil }) { throw ExitCode(1) }
    }

    private func invite(_ person: PeopleTable.Person) async throws -> Outcome {
        do {
            // A patient's account is bound to the record that stands for them.
            let patient = person.role == Role.patient.rawValue ? person.fhirUser : nil
            let answer = try await HomeAccess.perform(
                .userInvite(name: person.name, role: person.role, patient: patient), on: options.existing(),
                passphraseFile: options.passphraseFile)
            guard case .invitation(let invitation) = answer else { throw Failure("no invitation came back") }
            if let reference = person.fhirUser, patient == nil {
                _ = try await HomeAccess.perform(
                    .userLink(name: person.name, reference: reference), on: options.existing(),
                    passphraseFile: options.passphraseFile)
            }
            return Outcome(
                line: person.line, name: person.name, link: invitation.link, expiresAt: invitation.expiresAt)
        } catch let failure as Failure {
            return Outcome(line: person.line, name: person.name, refused: failure.description)
        }
    }
}
