internal import ArgumentParser
internal import AsyncHTTPClient
internal import Foundation

/// `ward load`: sends files to a server.
struct LoadCommand: AsyncParsableCommand {
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
    @OptionGroup var form: OutputOptions

    /// What was loaded.
    struct Result: Encodable {
        var files = 0
        var skipped = 0
        var resources = 0
        var refused = 0
        var seconds = 0.0
    }

    mutating func run() async throws {
        guard server.hasPrefix("https://") else { throw Failure("--server must begin with https://: there is no plain HTTP") }
        while server.hasSuffix("/") { server.removeLast() }
        let sources = try LoadSource.files(in: paths)
        let http = try LoadClient.make(authorityFile: ca)
        let result: Result
        do {
            let client = LoadClient(server: server, token: try await token(http), client: http)
            result = try await load(sources, client)
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

    private func load(_ sources: [LoadSource], _ client: LoadClient) async throws -> Result {
        var result = Result()
        let start = ContinuousClock.now
        var done = Set(resume.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }?.split(separator: "\n").map(String.init) ?? [])
        for (number, source) in sources.enumerated() {
            let content = try source.content()
            let digest = LoadSource.digest(content)
            if done.contains(digest) {
                result.skipped += 1
                continue
            }
            var refused: [String] = []
            for item in try LoadSource.items(content, isNDJSON: source.isNDJSON) {
                let faults = try await client.post(item)
                refused += faults
                result.resources += faults.isEmpty ? item.resources : 0
            }
            result.files += 1
            result.refused += refused.count
            for fault in refused.prefix(5) { OutputOptions.say("file \(number + 1): refused: \(fault)") }
            if refused.isEmpty, let resume {
                done.insert(digest)
                try remember(digest, in: resume)
            }
            let elapsed = ContinuousClock.now - start
            result.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
            progress(number + 1, of: sources.count, result)
        }
        if isatty(2) == 1 { OutputOptions.say("") }
        return result
    }

    private func progress(_ number: Int, of count: Int, _ result: Result) {
        if isatty(2) == 1 {
            let width = 40
            let filled = number * width / count
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            FileHandle.standardError.write(Data("\r\(bar) \(number)/\(count) files, \(result.resources) resources ".utf8))
        } else {
            OutputOptions.say("file \(number) of \(count): \(result.resources) resources so far")
        }
    }

    private func remember(_ digest: String, in path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw Failure("the resume file cannot be written")
            }
        }
        guard let handle = FileHandle(forWritingAtPath: path) else { throw Failure("the resume file cannot be written") }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((digest + "\n").utf8))
        try handle.close()
    }
}
