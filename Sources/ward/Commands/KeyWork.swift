internal import Foundation
internal import WardKeys
internal import WardVault

/// Changes of keys as commands do them: in steps, with progress.
struct KeyWork: Sendable {
    let home: Home
    let passphraseFile: String?

    /// Does one change.
    func change(_ operation: HomeOperation) async throws -> KeyChange {
        guard case .keyChange(let change) = try await HomeAccess.perform(operation, on: home, passphraseFile: passphraseFile)
        else { throw Failure("the home answered otherwise than asked") }
        return change
    }

    /// Moves all data keys under the newest key-encryption key, and destroys the older ones.
    func moveDataKeys() async throws -> KeyChange {
        var progress = ProgressLine("data keys")
        var place: RewrapStep.Place?
        var (looked, moved) = (0, 0)
        repeat {
            let answer = try await HomeAccess.perform(.dataKeysRewrap(after: place), on: home, passphraseFile: passphraseFile)
            guard case .rewrapStep(let step) = answer else { throw Failure("the home answered otherwise than asked") }
            looked += step.looked
            moved += step.moved
            place = step.next
            progress.show("\(looked) looked at, \(moved) moved")
        } while place != nil
        progress.end()
        var change = KeyChange(rewrapped: moved == 0 ? [] : ["\(moved) data keys"])
        change.add(try await self.change(.keysRetire))
        return change
    }

    /// Makes a new version of every data key.
    func rotateDataKeys() async throws -> KeyChange {
        _ = try await change(.keysRotate(.dek))
        var progress = ProgressLine("data keys")
        var place: RewrapStep.Place?
        var (looked, made) = (0, 0)
        repeat {
            let answer = try await HomeAccess.perform(.dataKeysRotate(after: place), on: home, passphraseFile: passphraseFile)
            guard case .dataKeyStep(let step) = answer else { throw Failure("the home answered otherwise than asked") }
            looked += step.looked
            made += step.made
            place = step.next
            progress.show("\(looked) owners looked at, \(made) keys made")
        } while place != nil
        progress.end()
        return KeyChange(made: made == 0 ? [] : ["\(made) data keys"])
    }

    /// A change in words.
    static func text(_ change: KeyChange) -> String {
        if change.isEmpty { return "nothing was to be done" }
        let parts = [
            ("made", change.made), ("wrapped anew", change.rewrapped), ("destroyed", change.destroyed),
            ("kept by the key service", change.kept),
        ]
        return parts.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: "\n")
    }
}

/// How far a long command is: one line that is written over on a terminal, a line a step otherwise; on standard error.
struct ProgressLine {
    private let what: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var width = 0

    init(_ what: String) { self.what = what }

    mutating func show(_ words: String) {
        let line = "\(what): \(words)"
        guard isTerminal else { return OutputOptions.say(line) }
        let padding = String(repeating: " ", count: max(0, width - line.count))
        FileHandle.standardError.write(Data("\r\(line)\(padding)".utf8))
        width = line.count
    }

    mutating func end() {
        if isTerminal, width > 0 { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}
