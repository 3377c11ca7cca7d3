internal import Foundation

/// One loading: sends the files of each stage over several connections, keeps count, shows how far it is, and remembers what went in whole.
struct LoadRun: Sendable {
    let client: LoadClient
    let stages: [[LoadSource]]
    let connections: Int
    /// The file that remembers digests of what was loaded, or nil.
    let resume: String?

    /// What became of one file.
    private struct Outcome: Sendable {
        var number: Int
        var digest: String
        var wasLoaded = false
        var resources = 0
        var refused: [String] = []
    }

    /// Loads everything.
    /// - Throws: ``Failure`` where a file cannot be read; the client's error where the server is gone. What was acknowledged stays.
    func result() async throws -> LoadResult {
        var tally = Tally(total: stages.reduce(0) { $0 + $1.count })
        let done = Set(
            resume.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }?.split(separator: "\n").map(String.init) ?? [])
        var first = 0
        for stage in stages {
            try await load(stage, numberedFrom: first, done, &tally)
            first += stage.count
        }
        if isatty(2) == 1 { OutputOptions.say("") }
        return tally.finished()
    }

    private func load(_ stage: [LoadSource], numberedFrom first: Int, _ done: Set<String>, _ tally: inout Tally) async throws {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var waiting = stage.enumerated().makeIterator()
            func startNext() {
                guard let (offset, source) = waiting.next() else { return }
                group.addTask { try await send(source, number: first + offset + 1, done) }
            }
            for _ in 0..<connections { startNext() }
            while let outcome = try await group.next() {
                startNext()
                try record(outcome, &tally)
            }
        }
    }

    private func send(_ source: LoadSource, number: Int, _ done: Set<String>) async throws -> Outcome {
        let content = try source.content()
        var outcome = Outcome(number: number, digest: LoadSource.digest(content))
        guard !done.contains(outcome.digest) else {
            outcome.wasLoaded = true
            return outcome
        }
        let items: [LoadItem]
        do throws(Failure) { items = try LoadSource.items(content, isNDJSON: source.isNDJSON) } catch {
            // Nothing of this file was sent; the others are no worse for it.
            outcome.refused = [error.description]
            return outcome
        }
        for item in items {
            let faults = try await client.post(item)
            outcome.refused += faults
            if faults.isEmpty { outcome.resources += item.resources }
        }
        return outcome
    }

    private func record(_ outcome: Outcome, _ tally: inout Tally) throws {
        for fault in outcome.refused.prefix(5) { OutputOptions.say("file \(outcome.number): refused: \(fault)") }
        tally.add(files: outcome.wasLoaded ? 0 : 1, resources: outcome.resources, refused: outcome.refused.count)
        if outcome.refused.isEmpty, !outcome.wasLoaded, let resume { try remember(outcome.digest, in: resume) }
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

/// Counts what was loaded, and shows it.
private struct Tally {
    private let total: Int
    private var result = LoadResult()
    private var pace = LoadPace()

    init(total: Int) { self.total = total }

    /// Counts one file; none that was sent means that it had been loaded before.
    mutating func add(files: Int, resources: Int, refused: Int) {
        result.files += files
        result.skipped += 1 - files
        result.resources += resources
        result.refused += refused
        pace.reached(result.resources)
        show(result.files + result.skipped)
    }

    func finished() -> LoadResult {
        var result = result
        result.seconds = pace.seconds
        result.firstTenthPerSecond = pace.rate(from: 0, to: 0.1)
        result.lastTenthPerSecond = pace.rate(from: 0.9, to: 1)
        return result
    }

    private func show(_ number: Int) {
        if isatty(2) == 1 {
            let width = 40
            let filled = number * width / total
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            FileHandle.standardError.write(Data("\r\(bar) \(number)/\(total) files, \(result.resources) resources ".utf8))
        } else {
            OutputOptions.say("file \(number) of \(total): \(result.resources) resources so far")
        }
    }
}
