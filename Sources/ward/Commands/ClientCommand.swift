internal import ArgumentParser
internal import Foundation
internal import WardAudit

/// `ward client`: applications that may ask for tokens.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Applications: add, list, approve, disable.",
        subcommands: [Add.self, List.self, Approve.self, Disable.self])

    /// `ward client add NAME --kind KIND --scope …`
    struct Add: AuditedCommand {
        static let events = [EventPromise(.policyChange, "the application was registered, or approved too")]
        static let configuration = CommandConfiguration(
            abstract: "Register an application; it waits for its approval, unless --approve gives it.")
        @Argument(help: "Its name, for people.") var name: String
        @Option(help: "app acts for a person who signs in here; backend acts for itself, by its key.") var kind: String
        @Option(help: "The most that it may ask for, such as \"system/Observation.rs system/Patient.rs\".") var scope: String
        @Option(help: "Where the browser is sent back to, compared sign by sign; may be given more than once.")
        var redirectURI: [String] = []
        @Option(help: "Where a launch from this house begins.") var launchURL: String?
        @Option(help: "File with the public keys, a JSON Web Key Set.") var jwks: String?
        @Option(help: "https address of the public keys.") var jwksURI: String?
        @Flag(help: "Bind its tokens to the certificate of its connection; asks for tls.client_certificates: true.")
        var certificateBound = false
        @Flag(help: "Approve it at once.") var approve = false
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let keySet = try jwks.map { path in
                guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
                else { throw Failure("\(path): cannot be read as UTF-8 text") }
                return text
            }
            try await ClientCommand.perform(
                .clientAdd(
                    ClientRequest(
                        name: name, kind: kind, redirectURIs: redirectURI, launchURL: launchURL, scopes: scope,
                        keySet: keySet, keySetURL: jwksURI, isCertificateBound: certificateBound, isApproved: approve)),
                options, form)
        }
    }

    /// `ward client list`
    struct List: AuditedCommand {
        static let events = [EventPromise(.policyChange, "the applications were listed")]
        static let configuration = CommandConfiguration(abstract: "List the applications.")
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws { try await ClientCommand.perform(.clientList, options, form) }
    }

    /// `ward client approve ID`
    struct Approve: AuditedCommand {
        static let events = [EventPromise(.policyChange, "the application was approved")]
        static let configuration = CommandConfiguration(abstract: "Let an application ask for tokens.")
        @Argument(help: "Its client_id.") var id: String
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws { try await ClientCommand.perform(.clientApprove(id: id), options, form) }
    }

    /// `ward client disable ID`
    struct Disable: AuditedCommand {
        static let events = [EventPromise(.policyChange, "the application was disabled")]
        static let configuration = CommandConfiguration(abstract: "Close an application; its tokens end at once.")
        @Argument(help: "Its client_id.") var id: String
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws { try await ClientCommand.perform(.clientDisable(id: id), options, form) }
    }

    private static func perform(_ operation: HomeOperation, _ options: HomeOptions, _ form: OutputOptions) async throws {
        let answer = try await HomeAccess.perform(
            operation, on: options.existing(), passphraseFile: options.passphraseFile)
        guard case .clients(let clients) = answer else { return }
        try form.print(
            clients,
            text: clients.map { "\($0.clientId)\t\($0.status)\t\($0.kind)\t\($0.name)\t\($0.scopes)" }.joined(separator: "\n"))
    }
}
