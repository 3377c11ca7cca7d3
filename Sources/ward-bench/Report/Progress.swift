internal import Foundation

/// Messages on standard error while a run goes on.
enum Progress {
    static func say(_ message: String) { FileHandle.standardError.write(Data((message + "\n").utf8)) }
}
