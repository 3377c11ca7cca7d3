internal import ArgumentParser
internal import WardAudit

/// `ward user link NAME Practitioner/ID`: the record that stands for the person.
struct UserLinkCommand: AuditedCommand {
    static let events = [EventPromise(.userChange, "the account was linked to a record")]
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Say which record stands for the person: apps get it as fhirUser.")
    @Argument var name: String
    @Argument(help: "Such as Practitioner/ID; none takes it away.") var reference: String?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        try await UserCommand.perform(.userLink(name: name, reference: reference), options, form)
    }
}
