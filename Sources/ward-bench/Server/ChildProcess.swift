internal import Foundation

/// A program beside this one.
final class ChildProcess {
    private let process = Process()
    private let output = Pipe()

    /// Starts a program, by its path or by its name on the path of programs; its messages go where ours go, or nowhere.
    init(_ arguments: [String], isQuiet: Bool = true) throws {
        let program = arguments[0]
        process.executableURL = URL(fileURLWithPath: program.contains("/") ? program : "/usr/bin/env")
        process.arguments = program.contains("/") ? Array(arguments.dropFirst()) : arguments
        process.standardOutput = output
        if isQuiet { process.standardError = FileHandle.nullDevice }
        try process.run()
    }

    var identifier: Int32 { process.processIdentifier }

    /// The first line that it prints.
    func firstLine() throws -> String {
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Waits for its end and gives what it printed.
    /// - Throws: ``BenchError`` where it failed.
    func finish() throws -> [UInt8] {
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("a program ended with \(process.terminationStatus)") }
        return Array(data)
    }

    /// Asks it to end, and waits.
    func terminate() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String], isQuiet: Bool = false) throws -> [UInt8] {
        try ChildProcess(arguments, isQuiet: isQuiet).finish()
    }
}
