import Crypto
import Foundation
import Testing

@testable import WardIdentity

/// The vectors of the specification's own section "Test Vectors".
struct WebAuthnVector: Sendable, CustomTestStringConvertible {
    /// Such as `packed-es256`.
    let name: String
    let registration: [String: [UInt8]]
    let assertion: [String: [UInt8]]

    var testDescription: String { name }

    static let file = CryptoVectors.folder.appendingPathComponent("webauthn-spec-test-vectors.md")

    /// The value of the line `NAME = h'…'` of every block.
    private static func values(_ block: Substring) -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for line in block.split(separator: "\n") {
            let parts = line.components(separatedBy: " = h'")
            guard parts.count > 1, let digits = parts[1].split(separator: "'").first else { continue }
            values[parts[0]] = hex(digits)
        }
        return values
    }

    static let all: [WebAuthnVector] = {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.components(separatedBy: "\n## ").compactMap { section in
            guard let name = section.split(separator: "\n").first?.components(separatedBy: "{#sctn-test-vectors-").last else { return nil }
            let blocks = section.components(separatedBy: "<xmp class=\"example\" highlight=\"cddl\">").dropFirst()
            guard blocks.count == 2 else { return nil }
            return WebAuthnVector(name: String(name.dropLast()), registration: values(blocks[1][...]), assertion: values(blocks[2][...]))
        }
    }()

    static var root: [UInt8] {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return values(text[...])["attestation_ca_cert"] ?? []
    }

    /// The flag UV of the assertion.
    var isVerified: Bool { assertion["authenticatorData"]![32] & 4 != 0 }

    /// What the site of the examples expects.
    var site: RelyingParty {
        var site = RelyingParty(id: "example.org", origin: "https://example.org")
        site.allowsFrames = name.hasSuffix("Origin")
        if name.hasSuffix("topOrigin") { site.topOrigins = ["https://example.com"] }
        return site
    }

    func register(
        _ site: RelyingParty? = nil, requiresUserVerification: Bool = false, _ policy: AttestationPolicy = .none,
        changing: (inout [String: [UInt8]]) -> Void = { _ in }
    ) async throws -> RegisteredKey {
        var values = registration
        changing(&values)
        return try await (site ?? self.site).register(
            RegistrationAnswer(clientData: values["clientDataJSON"]!, attestation: values["attestationObject"]!),
            challenge: values["challenge"]!, requiresUserVerification: requiresUserVerification, attestation: policy)
    }

    func prove(
        _ key: RegisteredKey, requiresUserVerification: Bool = false, _ site: RelyingParty? = nil,
        changing: (inout [String: [UInt8]]) -> Void = { _ in }
    ) throws -> ProvedKey {
        var values = assertion
        changing(&values)
        return try (site ?? self.site).prove(
            AssertionAnswer(
                credential: key.id, clientData: values["clientDataJSON"]!, authenticatorData: values["authenticatorData"]!,
                signature: values["signature"]!, userHandle: nil),
            challenge: values["challenge"]!, key: key.key, counter: key.counter, isBackupEligible: key.isBackupEligible,
            requiresUserVerification: requiresUserVerification)
    }

    /// The key of a registration whose attestation is not looked at.
    func unattested() throws -> RegisteredKey {
        let data = try AuthenticatorData(try #require(try CBOR(registration["attestationObject"]!)["authData"]?.bytes))
        let credential = try #require(data.credential)
        return RegisteredKey(
            id: credential.id, key: credential.key, model: credential.model, counter: 0, isUserVerified: false,
            isBackupEligible: data.flags.contains(.backupEligible), isBackedUp: false, isAttested: false)
    }
}

@Suite("Web Authentication, vectors of the specification", .enabled(if: CryptoVectors.isPresent, "needs ../shared/data/crypto"))
struct WebAuthnVectorTests {
    static let unsupportedAlgorithms = ["packed-es384": "ES384", "packed-es512": "ES512", "packed-ed448": "Ed448"]
    static let unsupportedFormats = [
        "tpm-es256": "tpm", "android-key-es256": "android-key", "apple-es256": "apple", "fido-u2f-es256": "fido-u2f",
    ]

    @Test("all fifteen are there, and each is of one kind")
    func complete() {
        #expect(WebAuthnVector.all.count == 15)
        #expect(WebAuthnVector.all.count { Self.unsupportedAlgorithms[$0.name] ?? Self.unsupportedFormats[$0.name] == nil } == 8)
    }

    @Test("registrations and assertions pass, or are refused by name", arguments: WebAuthnVector.all)
    func vectors(_ vector: WebAuthnVector) async throws {
        if let name = Self.unsupportedAlgorithms[vector.name] {
            await #expect(throws: PasskeyError(.unsupportedAlgorithm(name))) { try await vector.register() }
            return
        }
        let key: RegisteredKey
        if let format = Self.unsupportedFormats[vector.name] {
            await #expect(throws: PasskeyError(.unsupportedAttestation(format))) { try await vector.register() }
            key = try vector.unattested()
        } else {
            key = try await vector.register()
            #expect(key.id == vector.registration["credential_id"] && key.model == vector.registration["aaguid"])
        }
        let proved = try vector.prove(key)
        #expect(proved.isUserVerified == vector.isVerified)
        #expect(!proved.isCounterBack)
    }

    @Test("user verification is demanded where it is, and only there", arguments: WebAuthnVector.all)
    func verification(_ vector: WebAuthnVector) async throws {
        guard Self.unsupportedAlgorithms[vector.name] == nil else { return }
        let key = try vector.unattested()
        if vector.isVerified {
            #expect(try vector.prove(key, requiresUserVerification: true).isUserVerified)
        } else {
            #expect(throws: PasskeyError(.userNotVerified)) { try vector.prove(key, requiresUserVerification: true) }
        }
    }

    @Test("a changed byte anywhere, another challenge, another site, another key: refused", arguments: WebAuthnVector.all)
    func changes(_ vector: WebAuthnVector) async throws {
        guard Self.unsupportedAlgorithms[vector.name] == nil else { return }
        let key = try vector.unattested()
        for field in ["clientDataJSON", "authenticatorData", "signature", "challenge"] {
            for index in Set([0, vector.assertion[field]!.count / 2, vector.assertion[field]!.count - 1]) {
                #expect(throws: PasskeyError.self, "\(field) at \(index)") {
                    try vector.prove(key) { $0[field]![index] ^= 1 }
                }
            }
            #expect(throws: PasskeyError.self) { try vector.prove(key) { $0[field]!.removeLast() } }
        }
        let other = WebAuthnVector.all.first { $0.name != vector.name && $0.name.hasPrefix("none") }!
        #expect(throws: PasskeyError.self) { try vector.prove(other.unattested()) }
        for site in [
            RelyingParty(id: "example.org", origin: "https://example.org:8443"),
            RelyingParty(id: "example.org", origin: "https://login.example.org"),
        ] {
            #expect(throws: PasskeyError(.wrongOrigin)) { try vector.prove(key, site) }
            await #expect(throws: PasskeyError(.wrongOrigin)) { try await vector.register(site) }
        }
        #expect(throws: PasskeyError.self) { try vector.prove(key, RelyingParty(id: "example.com", origin: "https://example.org")) }
        #expect(throws: PasskeyError(.wrongType)) {
            try vector.prove(key) { $0["clientDataJSON"] = vector.registration["clientDataJSON"]! }
        }
    }

    @Test("frames of other sites are refused")
    func frames() async throws {
        for name in ["none-es256-crossOrigin", "none-es256-topOrigin"] {
            let vector = try #require(WebAuthnVector.all.first { $0.name == name })
            let site = RelyingParty(id: "example.org", origin: "https://example.org")
            await #expect(throws: PasskeyError(.crossOrigin)) { try await vector.register(site) }
            #expect(throws: PasskeyError(.crossOrigin)) { try vector.prove(vector.unattested(), site) }
        }
    }

    @Test("a packed attestation that leads to a trusted maker is told from every other one", arguments: WebAuthnVector.all)
    func makers(_ vector: WebAuthnVector) async throws {
        guard Self.unsupportedAlgorithms[vector.name] ?? Self.unsupportedFormats[vector.name] == nil else { return }
        let policy = AttestationPolicy.packed(roots: [WebAuthnVector.root])
        if vector.name.hasPrefix("packed-"), !vector.name.hasPrefix("packed-self") {
            #expect(try await vector.register(nil, policy).isAttested)
            await #expect(throws: PasskeyError(.attestationUntrusted)) {
                try await vector.register(nil, .packed(roots: []))
            }
            // The last byte of the credential's key is under the attestation's signature.
            await #expect(throws: PasskeyError.self) {
                try await vector.register { $0["attestationObject"]![$0["attestationObject"]!.count - 1] ^= 1 }
            }
        } else {
            await #expect(throws: PasskeyError(.attestationUntrusted)) { try await vector.register(nil, policy) }
        }
    }
}
