import Foundation
import Logging
import ServiceLifecycle
import Testing
import WardHTTP
import WardTesting

@Suite struct CertificateReloaderTests {
    @Test func aHangUpSignalChangesTheCertificate() async throws {
        try await LiveServer.run { live async throws in
            let log = LogLines()
            let reloader = CertificateReloader(store: live.certificates, logger: log.logger("ward.tls"))
            let group = ServiceGroup(services: [reloader], logger: Logger(label: "test"))
            let running = Task { try await group.run() }
            // Nothing tells when the trap is set: until then the signal must not end the process, and is sent again.
            signal(SIGHUP, SIG_IGN)
            try await Task.sleep(for: .milliseconds(300))
            let before = live.certificates.status
            let leaf = try TestPKI().leaf()
            try live.write(leaf.certificatePEM, "cert.pem")
            try live.write(leaf.keyPEM, "key.pem")
            for round in 0..<500 where live.certificates.status == before {
                if round % 50 == 0 { kill(getpid(), SIGHUP) }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(live.certificates.status != before)
            #expect(log.text.contains("certificate reloaded"))
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }
}
