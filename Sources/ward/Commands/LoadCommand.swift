internal import ArgumentParser
internal import AsyncHTTPClient
internal import Foundation
internal import WardAudit

/// `ward load`: sends files to a server.
struct LoadCommand: AuditedCommand {
    static let events: [EventPromise] = []
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load Bundles, resources and NDJSON (also .gz; files or folders) into a server.")
    @Argument(help: "Files or folders.") var paths: [String]
    @Option(help: "The server, such as https://127.0.0.1:8443") var server: String
    @Option(help: "PEM file of the authority that signed the server's certificate, such as HOME/tls/ca.pem.") var ca: String?
    @Option(help: "File that holds a session token.") var tokenFile: String?
    @Option(help: "The name to sign in with, where no token is given.") var name: String?
    @Option(help: "File that holds the password.") var passwordFile: String?
    @Option(help: "The one-time code.") var code: String?
    @Option(help: "File that remembers what was loaded (digests only); called again with it, loading goes on where it stopped.")
    var resume: String?
    @Option(help: "Files sent at a time, 1 to 64; a folder is loaded before the paths after it.") var connections = 4
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        guard server.hasPrefix("https://") else { throw Failure("--server must begin with https://: there is no plain HTTP") }
        while server.hasSuffix("/") { server.removeLast() }
        guard (1...64).contains(connections) else { throw Failure("--connections must be 1 to 64") }
        let stages = try LoadSource.stages(of: paths)
        let http = try LoadClient.make(authorityFile: ca)
        let result: LoadResult
        do {
            let client = LoadClient(server: server, token: try await token(http), client: http)
            result = try await LoadRun(client: client, stages: stages, connections: connections, resume: resume).result()
        } catch {
            try? await http.shutdown()
            if error is Failure { throw error }
            throw Failure("the server cannot be reached or broke off (\(type(of: error)))")
        }
        try await http.shutdown()
        try form.print(
            result,
            text: "\(result.resources) resources of \(result.files) files in \(Int(result.seconds)) s, \(result.refused) refused, "
                + "\(result.skipped) files loaded before")
        if result.refused > 0 { throw ExitCode(1) }
    }

    private func token(_ http: HTTPClient) async throws -> String {
        if let tokenFile { return try PasswordFile.read(tokenFile) }
        guard let name, let passwordFile, let code else {
            throw Failure("give --token-file, or --name, --password-file and --code")
        }
        return try await LoadClient.signIn(
            server: server, name: name, password: try PasswordFile.read(passwordFile), code: code, client: http)
    }
}
