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
            // Nothing tells when the trap is set: until then the signal must not end the process, and is sent again. Afterwards it would
            // take the place of the trap.
            signal(SIGHUP, SIG_IGN)
            let group = ServiceGroup(services: [reloader], logger: Logger(label: "test"))
            let running = Task { try await group.run() }
            let before = live.certificates.status
            let leaf = try TestPKI().leaf()
            try live.write(leaf.certificatePEM, "cert.pem")
            try live.write(leaf.keyPEM, "key.pem")
            let end = ContinuousClock.now + .seconds(600)
            while !log.text.contains("certificate reloaded"), .now < end {
                kill(getpid(), SIGHUP)
                try await Task.sleep(for: .milliseconds(400))
            }
            #expect(live.certificates.status != before)
            #expect(log.text.contains("certificate reloaded"))
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }
}
