import Foundation
import Testing
import WardHTTP
import WardRecords

/// What clients make of the server that share no code with it. Skipped where the program is not installed.
@Suite struct CommandLineClientTests {
    static let curl = "/usr/bin/curl"
    static let openssl = "/usr/bin/openssl"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: curl), "needs curl"))
    func curlSpeaksBothProtocolsAndVersions() async throws {
        try await LiveServer.run { live async throws in
            let format = "%{http_version} %{response_code}"
            let url = "https://localhost:\(live.address.port)/health/live"
            func curl(_ options: String...) async throws -> (status: Int32, text: String) {
                let fixed = [
                    "--silent", "--cacert", live.folder + "/ca.pem", "--output", "/dev/null", "--write-out", format,
                ]
                return try await Self.run(Self.curl, fixed + options + [url])
            }
            #expect(try await curl("--http1.1").text == "1.1 200")
            #expect(try await curl("--http2").text == "2 200")
            #expect(try await curl("--tlsv1.2", "--tls-max", "1.2").text == "2 200")
            #expect(try await curl("--tlsv1.3").text == "2 200")
            #expect(try await curl("--tls-max", "1.1").status == 35)
            let plain = try await Self.run(
                Self.curl, ["--silent", "--max-time", "5", "http://localhost:\(live.address.port)/health/live"])
            #expect(plain.status != 0 && plain.text.isEmpty)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: curl), "needs curl"))
    func curlSendsALargeBodyThatWaitsForContinue() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            let file = live.folder + "/body"
            try Data(repeating: 0x20, count: 4 << 20).write(to: URL(filePath: file))
            let start = ContinuousClock.now
            let answer = try await Self.run(
                Self.curl,
                [
                    "--silent", "--http1.1", "--cacert", live.folder + "/ca.pem", "--output", "/dev/null",
                    "--write-out", "%{response_code}", "--header", "Expect: 100-continue", "--expect100-timeout", "900",
                    "--header",
                    "Authorization: Bearer \(House.clinician)", "--data-binary", "@" + file, live.address.url + "/fhir",
                ])
            #expect(answer.text == "200")
            #expect(house.last?.body.count == 4 << 20)
            #expect(ContinuousClock.now - start < .seconds(600), "curl was told to go on and did not wait in vain")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "needs openssl"))
    func opensslTrustsTheChainAndResumes() async throws {
        try await LiveServer.run { live async throws in
            func connect(_ options: String...) async throws -> String {
                try await Self.run(
                    Self.openssl,
                    [
                        "s_client", "-connect", "127.0.0.1:\(live.address.port)", "-CAfile", live.folder + "/ca.pem",
                        "-verify_return_error", "-servername", "localhost", "-verify_hostname", "localhost",
                    ] + options
                ).text
            }
            for (version, cipher) in [("-tls1_3", "TLS_AES_"), ("-tls1_2", "ECDHE-ECDSA-")] {
                let text = try await connect(version, "-alpn", "h2")
                #expect(text.contains("Verify return code: 0 (ok)"))
                #expect(text.contains(cipher) && text.contains("ALPN protocol: h2"))
                #expect(text.contains("_GCM_") || text.contains("-GCM-") || text.contains("CHACHA20"))
            }
            #expect(try await connect("-tls1_2", "-reconnect").contains("Reused, TLSv1.2"))
            let weak = try await connect("-tls1_2", "-cipher", "AES128-SHA:ECDHE-ECDSA-AES128-SHA")
            #expect(!weak.contains("New, TLSv1.2"))
            #expect(!(try await connect("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0").contains("New, TLSv1.1")))
        }
    }

    /// Runs a program without input; its standard output and error together.
    static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                let output = pipe.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: (process.terminationStatus, String(decoding: output, as: UTF8.self)))
            }
        }
    }
}
