internal import ArgumentParser
internal import Foundation

/// `ward serve`: serves a home over TLS until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
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
