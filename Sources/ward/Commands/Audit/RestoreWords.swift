internal import Foundation

/// What a restoring was asked for: from which archive, and whether a loss is taken. It is kept beside the log that is
/// rebuilt, since who asks for something else must not get what was left of that.
struct RestoreWords: Sendable, Equatable {
    /// The folder of segments, as an absolute path; nil for the archive of the configuration.
    let source: String?
    let acceptsLoss: Bool

    init(from folder: String?, acceptsLoss: Bool) {
        source = folder.map { URL(filePath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
        self.acceptsLoss = acceptsLoss
    }

    /// Keeps them; the file is on disk on return.
    func write(beside log: String) throws {
        let file = try NewFile(log + Self.ending)
        try file.write(Array(text.utf8))
        try file.finish()
    }

    /// Whether they are those that were kept.
    func are(beside log: String) -> Bool {
        FileManager.default.contents(atPath: log + Self.ending) == Data(text.utf8)
    }

    func remove(beside log: String) { try? FileManager.default.removeItem(atPath: log + Self.ending) }

    private static let ending = "-words"
    private var text: String {
        "ward restore 1\n\(source.map { "from \($0)" } ?? "configured")\n\(acceptsLoss ? "accept-loss" : "whole")\n"
    }
}
