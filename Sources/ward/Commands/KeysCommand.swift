internal import ArgumentParser
internal import WardFHIR
internal import WardKeys

/// `ward keys`: the state of the keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys of a home: which there are, how old, where; never a key.", subcommands: [Status.self])

    /// `ward keys status`
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List every key by id, kind, version, age and place.")
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let answer = try await HomeAccess.perform(.keysStatus, on: options.existing(), passphraseFile: options.passphraseFile)
            guard case .keys(let status) = answer else { return }
            try form.print(status, text: status.keys.map { key in
                let made = key.createdAt.map { FHIRInstant.text(microseconds: $0) } ?? "unknown"
                return "\(key.id)\t\(key.kind.rawValue)\t\(key.isCurrent ? "current" : "old")\tmade \(made)\t\(key.place)"
            }.joined(separator: "\n"))
        }
    }
}
