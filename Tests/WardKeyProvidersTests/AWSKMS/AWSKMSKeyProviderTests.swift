import Foundation
import Synchronization
import Testing
import WardKeys
import WardTesting
@testable import WardKeyProviders

@Suite struct AWSKMSKeyProviderTests {
    let folder: ProviderFolder
    let pki: TestPKI
    let authority: String
    let credentials: String

    init() throws {
        folder = try ProviderFolder()
        pki = try TestPKI()
        authority = try folder.write("authority.pem", pki.authorityPEM)
        credentials = try folder.write(
            "credentials", "[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    }

    private func settings(_ address: String, key: String = "alias/ward") -> AWSKMSSettings {
        AWSKMSSettings(
            region: "eu-central-1", key: key, endpoint: address, authorityFile: authority, credentials: .file(credentials))
    }

    private func open(_ settings: AWSKMSSettings) async throws(KeyError) -> AWSKMSKeyProvider {
        try await AWSKMSKeyProvider.open(settings, retries: .patient, metadata: InstanceMetadata()) { 1_767_225_600_000_000 }
    }

    private struct Created: Decodable {
        var KeyMetadata: AWSKMSAction.Metadata
    }

    private struct Nothing: Codable, Sendable {}

    @Test(.enabled(if: MotoServer.python != nil, "moto is not installed: script/test-clients --prepare"))
    func conformsToTheProviderSuiteAgainstMoto() async throws {
        let server = try await MotoServer.start(folder, pki)
        defer { server.stop() }
        let client = try AWSKMSClient(
            settings(server.address), retries: .patient, metadata: InstanceMetadata()) { 1_767_225_600_000_000 }
        let created: Created = try await client.call("CreateKey", Nothing())
        let provider = try await open(settings(server.address, key: created.KeyMetadata.Arn))
        #expect(try await KeyProviderConformance(provider).failures() == [])
        #expect(try await provider.describe().versions.count == 2)
        // moto opens keys under a disabled root; opening the provider refuses it.
        let id = created.KeyMetadata.Arn.split(separator: "/").last.map(String.init) ?? ""
        let _: Nothing? = try? await client.call("DisableKey", AWSKMSAction.Key(KeyId: id))
        let disabled = settings(server.address, key: created.KeyMetadata.Arn)
        #expect(await code { () throws(KeyError) in _ = try await open(disabled) } == .unavailable)
        #expect(await code { () throws(KeyError) in
            _ = try await open(settings(server.address, key: "no-such-key"))
        } == .unknownKey)
    }

    /// Busy answers are tried again with growing waits; refusals are not.
    @Test func triesAgainWhileTheServiceIsBusy() async throws {
        let answers = Mutex<[LoopbackService.Answer]>([])
        let requests = Mutex<[LoopbackService.Request]>([])
        let service = try await LoopbackService.start(try pki.leaf()) { request in
            requests.withLock { $0.append(request) }
            return answers.withLock { $0.isEmpty ? .init(status: 500) : $0.removeFirst() }
        }
        let waits = Mutex<[Duration]>([])
        let retries = KeyServiceHTTP.Retries(
            attempts: 4, wait: .milliseconds(100), longestWait: .milliseconds(300), timeout: .seconds(600), connectTimeout: .seconds(600)
        ) { wait in
            waits.withLock { $0.append(wait) }
        }
        func open() async -> KeyError.Code? {
            await code { () throws(KeyError) in
                _ = try await AWSKMSKeyProvider.open(
                    settings(service.address), retries: retries, metadata: InstanceMetadata()) { 1_440_938_160_000_000 }
            }
        }
        let throttled = LoopbackService.Answer(status: 400, body: Array(#"{"__type":"ThrottlingException"}"#.utf8))
        let denied = LoopbackService.Answer(
            status: 400, body: Array(#"{"__type":"com.amazon#AccessDeniedException","Message":"x"}"#.utf8))
        answers.withLock { $0 = [throttled, .init(status: 503), denied] }
        #expect(await open() == .permissions)
        #expect(requests.withLock { $0.count } == 3)
        #expect(waits.withLock { $0.count } == 2)
        let first = requests.withLock { $0[0] }
        #expect(first.header("x-amz-target") == "TrentService.DescribeKey")
        #expect(first.header("authorization")?.hasPrefix(
            "AWS4-HMAC-SHA256 Credential=testing/20150830/eu-central-1/kms/aws4_request") == true)
        answers.withLock { $0 = [] }
        #expect(await open() == .unavailable)
        #expect(requests.withLock { $0.count } == 7)
        let last = waits.withLock { Array($0.suffix(3)) }
        for (wait, bound) in zip(last, [100, 200, 300]) {
            #expect(wait >= .milliseconds(bound / 2) && wait <= .milliseconds(bound))
        }
        await service.stop()
    }

    @Test func refusesWhatIsNotTLSOrOfAnotherAuthority() async throws {
        #expect(await code { () throws(KeyError) in
            _ = try await AWSKMSKeyProvider.open(settings("http://127.0.0.1:1"))
        } == .settings)
        let service = try await LoopbackService.start(try TestPKI().leaf()) { _ in .init(status: 200) }
        let retries = KeyServiceHTTP.Retries(attempts: 1)
        #expect(await code { () throws(KeyError) in
            _ = try await AWSKMSKeyProvider.open(
                settings(service.address), retries: retries, metadata: InstanceMetadata()) { 0 }
        } == .unavailable)
        await service.stop()
    }
}
