internal import Foundation
internal import ServiceLifecycle
internal import WardAudit

/// Everywhere that the configuration sends the log, each as a service of its own.
struct Deliveries: Sendable {
    let services: [DeliveryService]
    /// The log as it is read by who brings it elsewhere.
    let sealed: SealedLog

    /// - Throws: ``ConfigurationError`` that names the key that is missing or wrong.
    init(_ home: Home, _ configuration: WardConfiguration, of log: AuditLog, sealed: SealedLog) throws {
        self.sealed = sealed
        let alarm = Duration.seconds(60 * configuration.whole("audit.alarm_minutes"))
        let deliveries = [try Self.syslog(home, configuration, log: log, sealed: sealed)]
            + (try Self.archives(configuration).map { try Self.shipping(to: $0, home, configuration, sealed: sealed) })
        services = deliveries.compactMap { $0 }.map { DeliveryService($0, of: log, alarm: alarm) }
    }

    /// Runs them all until the server ends.
    var service: some Service { DeliveryGroup(services: services) }

    /// Delivers what is there now, and says how far each is.
    func deliver() async -> [DeliveryStatus] {
        var statuses: [DeliveryStatus] = []
        for service in services { statuses.append(await service.deliver()) }
        return statuses
    }

    /// Delivers what is there when everything else has ended: side by side, since one that does not answer is waited for.
    func finish() async {
        await withTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { await service.finish() } }
        }
    }

    /// The archives that the configuration names.
    /// - Throws: ``ConfigurationError``.
    static func archives(_ configuration: WardConfiguration) throws -> [any SegmentArchive] {
        var archives: [any SegmentArchive] = []
        if let folder = configuration.text("audit.ship.folder") {
            let group = try configuration.text("audit.ship.group").map { try LogFolderRights.number($0) }
            archives.append(FolderArchive(folder: folder, readableBy: group))
        }
        if configuration.text("audit.ship.s3.bucket") != nil || configuration.text("audit.ship.s3.region") != nil {
            archives.append(try BucketArchive(configuration))
        }
        return archives
    }

    private static func shipping(
        to archive: any SegmentArchive, _ home: Home, _ configuration: WardConfiguration, sealed: SealedLog
    ) throws -> any LogDelivery {
        let minutes = configuration.whole("audit.ship.minutes"), alarm = configuration.whole("audit.alarm_minutes")
        guard alarm == 0 || alarm > minutes else {
            throw ConfigurationError("""
                audit.alarm_minutes must be more than audit.ship.minutes: else the alarm is raised by what waits to be gathered
                """)
        }
        return SegmentShipping(
            of: sealed.store, keys: sealed.keys, to: archive, interval: Int64(minutes) * 60_000_000,
            retention: try AuditRetention(years: configuration.whole("audit.retention_years")),
            mark: DeliveryMarkFile(path: home.auditSent(archive.kind)))
    }

    private static func syslog(
        _ home: Home, _ configuration: WardConfiguration, log: AuditLog, sealed: SealedLog
    ) throws -> (any LogDelivery)? {
        guard let address = configuration.text("audit.syslog.address") else { return nil }
        guard let certificate = configuration.text("audit.syslog.certificate"),
              let key = configuration.text("audit.syslog.key") else {
            throw ConfigurationError("""
                audit.syslog.address needs audit.syslog.certificate and audit.syslog.key: how is the receiver to know who sends?
                """)
        }
        let receiver = try SyslogReceiver(
            address: address, certificate: certificate, key: key, authority: configuration.text("audit.syslog.authority"))
        let format = SyslogFormat(
            host: ProcessInfo.processInfo.hostName, log: log.origin.prefix,
            enterprise: configuration.whole("audit.syslog.enterprise"))
        return SyslogDelivery(
            of: sealed, as: format, mark: DeliveryMarkFile(path: home.auditSent("syslog")), send: { try await receiver.send($0) })
    }
}

/// Several deliveries as one service.
private struct DeliveryGroup: Service {
    let services: [DeliveryService]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            if services.isEmpty { try? await gracefulShutdown() }
            try await group.waitForAll()
        }
    }
}
