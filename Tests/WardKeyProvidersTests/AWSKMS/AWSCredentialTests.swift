import Foundation
import Synchronization
import Testing
import WardKeys
import WardTesting
@testable import WardKeyProviders

@Suite struct AWSCredentialTests {
    @Test func readsTheDefaultProfileOfAFile() throws {
        let folder = try ProviderFolder()
        let file = try folder.write("credentials", """
            # a comment
            [other]
            aws_access_key_id = WRONG
            aws_secret_access_key = WRONG
            [default]
            aws_access_key_id = AKID
            aws_secret_access_key=a/b+c=
            aws_session_token = token
            """)
        #expect(try AWSCredentialSource.read(file) == AWSCredentials(
            accessKey: "AKID", secretKey: "a/b+c=", sessionToken: "token"))
        let open = try folder.write("open", "", mode: 0o640)
        #expect(throws: KeyError.self) { try AWSCredentialSource.read(open) }
        let half = try folder.write("half", "aws_access_key_id = AKID\n")
        #expect(throws: KeyError(.settings, """
            aws_access_key_id and aws_secret_access_key are expected in the credentials file
            """)) { try AWSCredentialSource.read(half) }
    }

    /// A file that is not there, a folder and a pipe, which is not waited for, are named with their key.
    @Test func whatIsNoFileIsNamed() throws {
        let folder = try ProviderFolder()
        let path = try folder.write("credentials", "")
        for (make, words) in [
            ({ 0 }, "is missing"), ({ mkdir(path, 0o700) }, "is no file that can be read"), ({ mkfifo(path, 0o600) }, "is no file that can be read"),
        ] as [(() -> Int32, String)] {
            try FileManager.default.removeItem(atPath: path)
            try #require(make() == 0)
            #expect(throws: KeyError(.settings, "credentials_file \(path): \(words)")) { try AWSCredentialSource.read(path) }
            if words == "is missing" { try #require(mkdir(path, 0o700) == 0) }
        }
    }

    /// The metadata service wants a token first, and its credentials are kept until shortly before they expire.
    @Test func takesTheRoleOfTheInstance() async throws {
        let requests = Mutex<[String]>([])
        let service = try await LoopbackService.start(nil) { request in
            requests.withLock { $0.append("\(request.method) \(request.path)") }
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token") where request.header("x-aws-ec2-metadata-token-ttl-seconds") != nil:
                return .init(status: 200, body: Array("secret-token".utf8))
            case _ where request.header("x-aws-ec2-metadata-token") != "secret-token": return .init(status: 401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"):
                return .init(status: 200, body: Array("ward-role".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/ward-role"):
                let body = """
                    {"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t",\
                    "Expiration":"2026-01-01T06:00:00Z"}
                    """
                return .init(status: 200, body: Array(body.utf8))
            default: return .init(status: 404)
            }
        }
        let clock = Mutex<Int64>(1_767_225_600_000_000)
        let source = AWSCredentialSource(.instance, metadata: InstanceMetadata(base: service.address, retries: .patient)) {
            clock.withLock { $0 }
        }
        let expected = AWSCredentials(
            accessKey: "ASIA", secretKey: "s", sessionToken: "t", expiresAt: 1_767_247_200_000_000)
        #expect(try await source.credentials() == expected)
        #expect(try await source.credentials() == expected)
        #expect(requests.withLock { $0.count } == 3)
        clock.withLock { $0 = 1_767_247_200_000_000 - 299_000_000 }
        _ = try await source.credentials()
        #expect(requests.withLock { $0.count } == 6)
        await service.stop()
    }
}
