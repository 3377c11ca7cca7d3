internal import ArgumentParser

/// `ward user link NAME Practitioner/ID`: the record that stands for the person.
struct UserLinkCommand: AsyncParsableCommand {
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
