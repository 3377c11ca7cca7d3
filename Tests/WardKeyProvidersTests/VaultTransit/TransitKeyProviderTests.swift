import Testing
import WardKeys
import WardTesting
@testable import WardKeyProviders

@Suite struct TransitKeyProviderTests {
    let folder: ProviderFolder
    let pki: TestPKI
    let engine = TransitDouble(token: "s.token")
    let service: LoopbackService

    init() async throws {
        folder = try ProviderFolder()
        pki = try TestPKI()
        let engine = engine
        service = try await LoopbackService.start(try pki.leaf()) { engine.respond($0) }
    }

    private func settings(token: String = "s.token\n", key: String = "ward-root") throws -> TransitSettings {
        TransitSettings(
            address: service.address, key: key, tokenFile: try folder.write("token-\(token.count)", token),
            authorityFile: try folder.write("authority.pem", pki.authorityPEM))
    }

    @Test func conformsToTheProviderSuite() async throws {
        let provider = try await TransitKeyProvider.create(settings(), retries: .patient)
        #expect(try await KeyProviderConformance(provider).failures() == [])
    }

    @Test func opensAgainAndSaysWhatIsWrong() async throws {
        let settings = try settings()
        #expect(await code { () throws(KeyError) in _ = try await TransitKeyProvider.open(settings, retries: .patient) } == .unknownKey)
        let key = try await TransitKeyProvider.create(settings, retries: .patient).generateDataKey(context)
        #expect(try await TransitKeyProvider.open(settings, retries: .patient).unwrap(key.wrapped, context: context) == key.key)
        #expect(await code { () throws(KeyError) in _ = try await TransitKeyProvider.create(settings, retries: .patient) } == .exists)
        let refused = try self.settings(token: "s.other")
        #expect(await code { () throws(KeyError) in _ = try await TransitKeyProvider.open(refused, retries: .patient) } == .permissions)
        engine.makeExportableKey("exportable")
        let exportable = try self.settings(key: "exportable")
        #expect(await code { () throws(KeyError) in _ = try await TransitKeyProvider.open(exportable, retries: .patient) } == .permissions)
        let path = try self.settings(key: "../sys/seal")
        #expect(await code { () throws(KeyError) in _ = try await TransitKeyProvider.open(path, retries: .patient) } == .settings)
    }

    @Test func aSealedServerIsTriedAgainAndThenNamed() async throws {
        let settings = try settings()
        _ = try await TransitKeyProvider.create(settings, retries: .patient)
        let retries = KeyServiceHTTP.Retries(attempts: 3, wait: .milliseconds(1), timeout: .seconds(600), connectTimeout: .seconds(600))
        let before = engine.requests
        engine.failNext([503, 502])
        let provider = try await TransitKeyProvider.open(settings, retries: retries)
        #expect(engine.requests == before + 3)
        engine.failNext([503, 503, 503])
        #expect(await code { () throws(KeyError) in _ = try await provider.generateDataKey(context) } == .unavailable)
        let key = try await provider.generateDataKey(context)
        #expect(try await provider.unwrap(key.wrapped, context: context) == key.key)
    }
}
