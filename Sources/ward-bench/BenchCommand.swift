internal import ArgumentParser
internal import Foundation

/// Measures a Ward server as its clients meet it, beside floors measured in the same run.
///
/// Everything is real: a home of its own with every safeguard on, served by the `ward` of the same build as a child process, loaded and asked
/// over TLS with keep-alive from this process on the same machine. Machines differ and are noisy, so what counts is the ratio to the floor.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ward-bench", abstract: "Measure loading, reads, creates, searches, size, memory and verification.",
        subcommands: [Run.self, BareServer.self], defaultSubcommand: Run.self)

    /// `ward-bench run`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Measure and print a table.")
        @Option(help: "Folder with synthea-uscore and synthea-smart-r4; without it synthetic patients of Ward's own are loaded.")
        var data: String?
        @Option(help: "Synthetic patients to load where there is no data.") var patients = 1_000
        @Option(help: "Comma-separated: floors, seal, audit, auth, load, read, search, create, verify. All but audit and seal load first.")
        var only: String?
        @Option(help: "Entries of the log that is sequenced, verified and asked; 32,000 or more.") var auditEntries = 1_000_000
        @Option(help: "Seconds of each measurement of requests.") var seconds = 10
        @Option(help: "Connections of clients that read, search and create.") var clients = 32
        @Option(help: "Connections that load.") var loaders = 4
        @Option(help: "The folder for the home; it must not exist, and is removed afterwards.") var home = ".build/bench-home"
        @Flag(help: "Keep the home.") var keep = false
        @Option(help: "Command that starts the server in place of plain execution, such as 'perf record -g -o perf.data'.")
        var wrap: String?

        mutating func run() async throws {
            let parts = Set((only ?? "floors,seal,audit,auth,load,read,search,create,verify").split(separator: ",").map(String.init))
            guard auditEntries >= 32_000 else { throw BenchError("--audit-entries must be 32,000 or more") }
            let bench = Bench(
                data: data, patients: patients, parts: parts, duration: .seconds(seconds), clients: clients, loaders: loaders,
                auditEntries: auditEntries,
                wrap: wrap?.split(separator: " ").map(String.init) ?? [])
            guard !FileManager.default.fileExists(atPath: home) else { throw BenchError("\(home) exists; remove it or name another") }
            let folder = home, keeps = keep
            defer { if !keeps { try? FileManager.default.removeItem(atPath: folder) } }
            try await bench.run(in: folder)
        }
    }
}

/// Why nothing could be measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
