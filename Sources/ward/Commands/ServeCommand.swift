internal import ArgumentParser
internal import Foundation
internal import WardAudit

/// `ward serve`: serves a home over TLS until it is told to stop.
struct ServeCommand: AuditedCommand {
    static let events = [
        EventPromise(.start, "before the first request"),
        EventPromise(.stop, "after the last one"),
        EventPromise(.configurationChange, "the configuration is not that of the last start; the names of the keys that changed"),
    ]
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serve a home over TLS.")

    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions
    @Option(help: "Address to listen on.") var host: String?
    @Option(help: "TLS port to listen on; 0 takes a free one.") var port: Int?

    mutating func run() async throws {
        let home = try options.existing()
        var flags: [String: String] = [:]
        flags["server.host"] = host
        flags["server.port"] = port.map(String.init)
        let isJSON = form.output == .json
        try await Serving(home: home, flags: flags, passphraseFile: options.passphraseFile) { url in
            // The first line on standard output; one JSON document where that was asked for.
            print(isJSON ? #"{"ready":"\#(url)"}"# : "ready \(url)")
            fflush(nil)
        }.run()
    }
}
