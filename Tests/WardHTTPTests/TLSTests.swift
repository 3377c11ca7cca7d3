import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import WardHTTP
import WardTesting

@Suite struct TLSTests {
    @Test func plainRequestsGetNoPage() async throws {
        try await LiveServer.run { live async throws in
            let request = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
            let text = try await RawConnection.exchange(live, request, tls: false)
            #expect(!text.contains("HTTP") && !text.contains("live"))
        }
    }

    @Test func onlyTLS12And13() async throws {
        try await LiveServer.run { live async throws in
            for (version, accepted) in [(TLSVersion.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true)] {
                let result: Int? = try? await live.withClient(configure: {
                    $0.tlsConfiguration?.minimumTLSVersion = version
                    $0.tlsConfiguration?.maximumTLSVersion = version
                }) { try await live.send("GET", "/health/live", token: nil, with: $0).status }
                #expect((result == 200) == accepted, "\(version)")
            }
        }
    }

    @Test func strangersAreNotTrustedByTheClient() async throws {
        try await LiveServer.run { live async throws in
            await #expect(throws: (any Error).self) {
                try await live.withClient(configure: { $0.tlsConfiguration?.trustRoots = .default }) {
                    try await live.send("GET", "/health/live", token: nil, with: $0)
                }
            }
        }
    }

    @Test func changesTheCertificateWithoutDroppingConnections() async throws {
        try await LiveServer.run { live async throws in
            let pki = try TestPKI()
            let before = live.certificates.status
            try await live.withClient { client async throws in
                #expect(try await live.send("GET", "/health/live", token: nil, with: client).status == 200)
                let leaf = try pki.leaf()
                try live.write(leaf.certificatePEM, "cert.pem")
                try live.write(leaf.keyPEM, "key.pem")
                try live.certificates.reload()
                #expect(live.certificates.status != before)
                // The open connection goes on; a new one by this client would be refused by its trust.
                #expect(try await live.send("GET", "/health/live", token: nil, with: client).status == 200)
            }
            await #expect(throws: (any Error).self) { try await live.send("GET", "/health/live", token: nil) }
            let root = try NIOSSLCertificate.fromPEMBytes(Array(pki.authorityPEM.utf8))
            try await live.withClient(configure: { $0.tlsConfiguration?.trustRoots = .certificates(root) }) {
                client async throws in
                #expect(try await live.send("GET", "/health/live", token: nil, with: client).status == 200)
            }
        }
    }

    @Test func keepsTheOldCertificateWhenTheNewOneIsBad() async throws {
        try await LiveServer.run { live async throws in
            let pki = try TestPKI()
            let before = live.certificates.status
            let good = try pki.leaf()
            let other = try pki.leaf()
            let old = try pki.leaf(from: Date() - 7_200, until: Date() - 3_600)
            let early = try pki.leaf(from: Date() + 3_600)
            let cases: [(String, String, Int, TLSError.Code)] = [
                (good.certificatePEM, other.keyPEM, 0o600, .keyMismatch),
                (old.certificatePEM, old.keyPEM, 0o600, .expired),
                (early.certificatePEM, early.keyPEM, 0o600, .notYetValid),
                ("nothing", good.keyPEM, 0o600, .badCertificate),
                (good.certificatePEM, "nothing", 0o600, .badKey),
                (good.certificatePEM, good.keyPEM, 0o644, .keyExposed),
            ]
            for (certificate, key, mode, code) in cases {
                try live.write(certificate, "cert.pem")
                try live.write(key, "key.pem", mode: mode)
                let error = #expect(throws: TLSError.self) { try live.certificates.reload() }
                #expect(error?.code == code)
                let log = LogLines()
                CertificateReloader(store: live.certificates, logger: log.logger("ward.tls")).reload()
                #expect(log.text.contains("certificate not reloaded") && log.text.contains(code.rawValue))
            }
            try FileManager.default.removeItem(atPath: live.folder + "/key.pem")
            #expect(throws: TLSError.self) { try live.certificates.reload() }
            // Nobody writes into it: it is not waited for.
            try #require(mkfifo(live.folder + "/key.pem", 0o600) == 0)
            #expect(#expect(throws: TLSError.self) { try live.certificates.reload() }?.code == .unreadable)
            #expect(live.certificates.status == before)
            #expect(try await live.send("GET", "/health/live", token: nil).status == 200)
        }
    }

    @Test func developmentCertificatesLastAndAreRenewed() throws {
        let folder = try LiveServer.temporaryFolder() + "/tls"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let development = DevelopmentCertificates(folder: folder, names: ["ward.test"])
        func contents() throws -> [String] {
            try ["ca.pem", "ca-key.pem", "cert.pem", "key.pem"].map {
                try String(contentsOfFile: folder + "/" + $0, encoding: .utf8)
            }
        }
        func mode(_ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions] as? Int
        }
        #expect(try development.ensure())
        let first = try contents()
        #expect(try mode("key.pem") == 0o600)
        #expect(try mode("ca-key.pem") == 0o600)
        #expect(try mode("") == 0o700)
        #expect(try !development.ensure())
        #expect(try contents() == first)
        // Near its end the leaf is made anew by the same authority.
        let late = Date() + 86_400 * 370
        #expect(try development.ensure(now: late))
        let second = try contents()
        #expect(second[0] == first[0] && second[2] != first[2])
        // Another name, a damaged file or an exposed key: all is made to fit again.
        #expect(try DevelopmentCertificates(folder: folder, names: ["other.test"]).ensure(now: late))
        try "damaged".write(toFile: folder + "/cert.pem", atomically: true, encoding: .utf8)
        #expect(try DevelopmentCertificates(folder: folder, names: ["other.test"]).ensure(now: late))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/ca-key.pem")
        #expect(try DevelopmentCertificates(folder: folder, names: ["other.test"]).ensure(now: late))
        #expect(try !DevelopmentCertificates(folder: folder, names: ["other.test"]).ensure(now: late))
    }
}

extension LiveServer {
    func write(_ text: String, _ name: String, mode: Int = 0o600) throws {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + "/" + name)
    }
}
