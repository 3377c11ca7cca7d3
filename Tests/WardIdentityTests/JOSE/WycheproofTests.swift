import Foundation
import Testing

@testable import WardIdentity
import WardFHIR

/// Where the vectors are: `$WARD_TEST_DATA`, or the shared data beside the project.
enum CryptoVectors {
    static let folder: URL = {
        let given = ProcessInfo.processInfo.environment["WARD_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        var package = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { package.deleteLastPathComponent() }
        return (given ?? package.deletingLastPathComponent().appendingPathComponent("shared/data"))
            .appendingPathComponent("crypto")
    }()
    static let isPresent = FileManager.default.fileExists(atPath: folder.path)

    static func read(_ path: String) throws -> JSONNode {
        try JSONDocument(parsing: Array(Data(contentsOf: folder.appendingPathComponent(path)))).root
    }
}

@Suite("Wycheproof, JSON web signatures", .enabled(if: CryptoVectors.isPresent, "needs ../shared/data/crypto"))
struct WycheproofTests {
    /// `ES521` is no algorithm, HMAC is not supported: such keys are refused as keys, whatever the vector says.
    private static let refusedKeys: Set<String> = ["HS256", "ES521"]

    /// Signed with PS384 by a key that says PS256: the key's word holds here (RFC 8725 §3.1), the vector's does not.
    private static let pinned: Set<String> = ["346", "350"]

    @Test("valid signatures pass, all others are refused")
    func signatures() throws {
        let root = try CryptoVectors.read("wycheproof/testvectors_v1/json_web_signature_test.json")
        var passed = 0, refused = 0, byKey = 0
        for group in try #require(root["testGroups"]).elements {
            let node = try #require(group["public"] ?? group["private"])
            let key: JSONWebKey
            do throws(JOSEError) { key = try JSONWebKey(node) } catch {
                #expect(error.code == .unusableKey)
                let algorithm = node["alg"]?.string ?? ""
                let isForOther = node["use"]?.string == "enc" || node["key_ops"]?.elements.contains { $0.equals("encrypt") } == true
                #expect(Self.refusedKeys.contains(algorithm) || isForOther, "\(algorithm)")
                byKey += group["tests"]?.count ?? 0
                continue
            }
            let keys = try JSONWebKeySet(json: Array(#"{"keys":["#.utf8) + node.serialized() + Array("]}".utf8))
            for test in try #require(group["tests"]).elements {
                let number = test["tcId"]?.lexeme ?? ""
                let isValid = test["result"]?.string == "valid" && !Self.pinned.contains(number)
                let payload = try? SignedToken(test["jws"]?.string ?? "").verified(
                    by: keys, allowing: Set(SignatureAlgorithm.allCases), kind: .any)
                #expect((payload != nil) == isValid, "case \(number) \(test["comment"]?.string ?? ""), key \(key.id)")
                if payload != nil { passed += 1 } else { refused += 1 }
            }
        }
        #expect((passed, refused, byKey) == (32, 323, 46))
    }
}

@Suite("JOSE cookbook, RFC 7520", .enabled(if: CryptoVectors.isPresent, "needs ../shared/data/crypto"))
struct CookbookTests {
    @Test(
        "signatures by public keys",
        arguments: ["4_1.rsa_v15_signature", "4_2.rsa-pss_signature", "4_3.ecdsa_signature"])
    func signatures(name: String) throws {
        let root = try CryptoVectors.read("jose-cookbook/jws/\(name).json")
        let key = try #require(root["input"]?["key"])
        // The cookbook shows the private key; its public half is what a verifier has.
        let members = ["kty", "kid", "use", "crv", "x", "y", "n", "e"].compactMap { name in
            key[name]?.string.map { #""\#(name)":"\#($0)""# }
        }
        let keys = try JSONWebKeySet(json: Array(#"{"keys":[{\#(members.joined(separator: ","))}]}"#.utf8))
        let compact = try #require(root["output"]?["compact"]?.string)
        let payload = try SignedToken(compact).verified(
            by: keys, allowing: Set(SignatureAlgorithm.allCases), kind: .any)
        #expect(String(decoding: payload, as: UTF8.self) == root["input"]?["payload"]?.string)
        #expect(throws: JOSEError(.unusableKey)) { try JSONWebKeySet(json: Array(#"{"keys":["#.utf8) + key.serialized() + Array("]}".utf8)) }
    }

    /// The other five of the eight examples: HMAC by its name, and whatever is not the compact form for not being it.
    @Test(
        "what is no signature by a public key in the compact form is refused by name",
        arguments: [
            ("4_4.hmac-sha2_integrity_protection", JOSEError.Code.unsupportedAlgorithm),
            ("4_5.signature_with_detached_content", .unsupportedAlgorithm), ("4_6.protecting_specific_header_fields", .malformed),
            ("4_7.protecting_content_only", .malformed), ("4_8.multiple_signatures", .malformed),
        ])
    func refused(name: String, code: JOSEError.Code) throws {
        let output = try #require(try CryptoVectors.read("jose-cookbook/jws/\(name).json")["output"])
        let forms = [
            output["compact"]?.string, output["json"].map { String(decoding: $0.serialized(), as: UTF8.self) },
            output["json_flat"].map { String(decoding: $0.serialized(), as: UTF8.self) },
        ].compactMap(\.self)
        #expect(!forms.isEmpty)
        for (place, form) in forms.enumerated() {
            let expected = place == 0 ? code : .malformed
            #expect(throws: JOSEError(expected), "\(name), form \(place)") { try SignedToken(form) }
        }
    }
}
