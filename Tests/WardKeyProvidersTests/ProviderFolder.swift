import Foundation
import Testing
import WardKeys

/// A folder for the files of a key service, gone when the test is.
final class ProviderFolder: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file that only its owner can read, or one that all can.
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// The code of the `KeyError` that work ends with; nil where it succeeds.
func code(_ work: () async throws(KeyError) -> Void) async -> KeyError.Code? {
    do throws(KeyError) {
        try await work()
        return nil
    } catch {
        return error.code
    }
}

let context = KeyContext(application: "ward/development/test", tenant: 1, purpose: "kek", version: 1)
