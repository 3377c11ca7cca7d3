internal import Foundation
internal import WardFHIR
internal import WardIdentity

/// A development home of this run and the server that serves it.
final class ServedHome {
    let folder: String
    let program: String
    let port: Int
    private let server: ChildProcess
    private let wraps: Bool
    private var accounts: [String: (password: String, uri: String)] = [:]

    var url: String { "https://127.0.0.1:\(port)" }
    var authority: String { folder + "/tls/ca.pem" }

    private init(folder: String, program: String, port: Int, server: ChildProcess, wraps: Bool) {
        self.folder = folder
        self.program = program
        self.port = port
        self.server = server
        self.wraps = wraps
    }

    /// Makes a home and serves it with the `ward` that lies beside this program.
    static func make(at folder: String, wrap: [String]) throws -> ServedHome {
        let own = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appendingPathComponent("ward").path
        guard FileManager.default.isExecutableFile(atPath: program) else { throw BenchError("there is no ward beside this program") }
        _ = try ChildProcess.run([program, "init", "--home", folder, "--environment", "development"], isQuiet: true)
        let server = try ChildProcess(wrap + [program, "serve", "--home", folder, "--port", "0"])
        let line = try server.firstLine()
        guard line.hasPrefix("ready "), let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw BenchError("the server did not start")
        }
        let home = ServedHome(folder: folder, program: program, port: port, server: server, wraps: !wrap.isEmpty)
        for (name, role) in [("bench-importer", "importer"), ("bench-clinician", "clinician")] { try home.add(name, role) }
        return home
    }

    private func add(_ name: String, _ role: String) throws {
        let answer = try JSONDocument(parsing: try ChildProcess.run(
            [program, "user", "add", name, "--role", role, "--home", folder, "--output", "json"]))
        guard let password = answer.root["password"]?.string, let uri = answer.root["totp_uri"]?.string else {
            throw BenchError("an account could not be made")
        }
        accounts[name] = (password, uri)
    }

    /// The password and the one-time code of this moment of an account.
    func credentials(of name: String) throws -> (password: String, code: String) {
        guard let account = accounts[name], let code = OneTimeCode(uri: account.uri) else { throw BenchError("no account \(name)") }
        return (account.password, code.current())
    }

    /// Signs an account in.
    func signIn(_ name: String) async throws -> SignedInClient {
        let (password, code) = try credentials(of: name)
        return try await SignedInClient(url: url, authority: authority, name: name, password: password, code: code)
    }

    /// The most memory that the server had so far, in bytes (`VmHWM`); 0 where it is not told.
    var peakMemory: Int {
        guard !wraps, let status = try? String(contentsOfFile: "/proc/\(server.identifier)/status", encoding: .utf8) else { return 0 }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    /// Bytes of the files below a folder of the home.
    func bytes(of part: String) -> Int {
        let root = "\(folder)/\(part)"
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    /// Drains and stops the server.
    func stop() throws { server.terminate() }

    /// Ends the server after a failure.
    func kill() { server.terminate() }
}
