internal import ArgumentParser
internal import Foundation

/// `ward`: the one program.
@available(macOS 15, *)
struct WardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ward",
        abstract: "A home for health records: a FHIR R4 server with every HIPAA safeguard built in.", version: ProgramVersion.text,
        subcommands: [
            InitCommand.self, ServeCommand.self, DemoCommand.self, UserCommand.self, ClientCommand.self, LoadCommand.self, AuditCommand.self,
            VerifyCommand.self, KeysCommand.self, IndexCommand.self, WitnessCommand.self, LogCommand.self,
        ])

    /// Parses the command line and runs the command. Exit codes: 0 done, 1 found something, 2 cannot run.
    static func run() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(code)
        } catch let failure as Failure {
            OutputOptions.say("ward: \(failure.description)")
            exit(ExitCode(2))
        } catch {
            let status = exitCode(for: error)
            let text = fullMessage(for: error)
            if status == .success {
                print(text)
                exit(.success)
            }
            // Usage errors are described by the parser; any other error by its type alone, since others' errors print values.
            OutputOptions.say(status == .validationFailure ? text : "ward: \(Explanation.of(error))")
            exit(ExitCode(2))
        }
    }

    /// Ends the process once what was printed is out. What a library would do at the end of a process is left undone: a thread of its own,
    /// or of a module of a key service, may still be in it then, and all that was to be durable is.
    static func exit(_ code: ExitCode) -> Never {
        fflush(nil)
        _exit(code.rawValue)
    }
}
