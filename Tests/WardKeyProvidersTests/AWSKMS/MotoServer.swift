import AsyncHTTPClient
import Foundation
import Testing
import WardTesting
@testable import WardKeyProviders

/// AWS KMS by moto (PyPI), over TLS on 127.0.0.1, in a process of its own.
struct MotoServer: Sendable {
    private let process: pid_t
    let address: String

    /// The Python that has moto: that of the client tests, or the machine's.
    static let python: String? = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let candidates = [folder.appendingPathComponent(".build/clients/bin/python").path, "/usr/bin/python3"]
        return candidates.first { python in
            let check = Process()
            check.executableURL = URL(fileURLWithPath: python)
            check.arguments = ["-c", "import moto.server, moto.kms"]
            check.standardError = FileHandle.nullDevice
            guard (try? check.run()) != nil else { return false }
            check.waitUntilExit()
            return check.terminationStatus == 0
        }
    }()

    /// Starts it with a certificate for 127.0.0.1 and waits until it listens.
    static func start(_ folder: ProviderFolder, _ pki: TestPKI) async throws -> MotoServer {
        let leaf = try pki.leaf()
        let certificate = try folder.write("moto.pem", leaf.certificatePEM)
        let key = try folder.write("moto.key", leaf.keyPEM)
        // A port that nobody has at this moment.
        let probe = try await LoopbackService.start(nil) { _ in .init(status: 404) }
        let port = try #require(probe.address.split(separator: ":").last.flatMap { Int($0) })
        await probe.stop()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = [
            "-m", "moto.server", "-H", "127.0.0.1", "-p", String(port), "-c", certificate, "-k", key,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let server = MotoServer(process: process.processIdentifier, address: "https://127.0.0.1:\(port)")
        let http = KeyServiceHTTP(
            service: "moto", authorityFile: try folder.write("authority.pem", pki.authorityPEM),
            retries: .init(attempts: 3_000, wait: .milliseconds(250), longestWait: .milliseconds(250)))
        _ = try await http.send { .init(url: server.address + "/moto-api/") }
        return server
    }

    /// It does not follow SIGTERM.
    func stop() { kill(process, SIGKILL) }
}
