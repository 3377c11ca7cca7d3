internal import Foundation
internal import Logging
internal import Metrics
internal import ServiceLifecycle
internal import UnixSignals
internal import WardAudit
internal import WardHTTP
internal import WardIdentity
internal import WardKeys
internal import WardPHI
internal import WardRecords
internal import WardVault

/// A home being served: every long-lived thing is a service of one group, in the order in which they may stop.
struct Serving: Sendable {
    let home: Home
    let flags: [String: String]
    let passphraseFile: String?
    /// Called once with the URL when the server answers.
    let ready: @Sendable (String) -> Void

    /// Serves until SIGTERM or SIGINT, then drains: requests under way end, everything written is in the log and signed.
    func run() async throws {
        let first = try WardConfiguration(home: home, flags: flags)
        // What is wrong here is said before the home is opened.
        _ = try serverConfiguration(first)
        // Until the reloader listens, a hang-up must not end the server.
        signal(SIGHUP, SIG_IGN)
        bootstrapLogging(first)
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let house = try await House.open(home, purpose: "serve", flags: flags, passphraseFile: passphraseFile)
        let certificates = try certificates(house.configuration)
        let configuration = try serverConfiguration(house.configuration)
        let witness = try WitnessConnection(house)
        let origin = EventOrigin.system()
        do {
            // Nothing fails from here on but the log: a start that is told ends with a stop.
            try await tellStart(of: house, by: origin)
        } catch {
            await witness.finish()
            throw error
        }
        let server = WardServer(
            configuration: configuration, certificates: certificates, services: services(house), metrics: metrics,
            ready: { [ready] address in ready(address.url) })
        let group = ServiceGroup(configuration: .init(
            services: [
                .init(service: house.sequencer, successTerminationBehavior: .ignore),
                .init(service: house.relay, successTerminationBehavior: .ignore),
                .init(service: house.indexer, successTerminationBehavior: .ignore),
                .init(service: KeyLeaseService(house: house), successTerminationBehavior: .ignore),
                .init(service: KeySchedule(house: house), successTerminationBehavior: .ignore),
                .init(service: IndexService(house: house), successTerminationBehavior: .ignore),
                .init(service: VerificationService(house: house), successTerminationBehavior: .ignore),
                .init(service: witness, successTerminationBehavior: .ignore),
                .init(service: house.deliveries.service, successTerminationBehavior: .ignore),
                .init(service: StopEvent(log: house.audit, origin: origin), successTerminationBehavior: .ignore),
                .init(service: SweepService(house: house), successTerminationBehavior: .ignore),
                .init(service: UntoldService(house: house), successTerminationBehavior: .ignore),
                .init(service: CertificateReloader(store: certificates), successTerminationBehavior: .ignore),
                .init(service: ControlServer(house: house), successTerminationBehavior: .ignore),
                .init(
                    service: server, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: house.logger))
        do {
            try await group.run()
        } catch {
            await witness.finish()
            await house.closeStores()
            house.lock.release()
            throw error
        }
        await witness.finish()
        await house.deliveries.finish()
        await house.closeStores()
        house.lock.release()
    }

    /// Tells the log that the server starts, how it stands, and what of its configuration changed.
    private func tellStart(of house: House, by origin: EventOrigin) async throws {
        let attestation = try await Attestation.of(house)
        try await house.audit.record(attestation.event(by: origin))
        attestation.write(to: house.logger)
        try await ConfigurationChange.record(house.configuration, in: home, by: origin, to: house.audit)
    }

    private func bootstrapLogging(_ configuration: WardConfiguration) {
        let format = LogFormat(rawValue: configuration.text("log.format") ?? "") ?? .text
        let level = Logger.Level(rawValue: configuration.text("log.level") ?? "") ?? .info
        LoggingSystem.bootstrap { RedactingLogHandler(label: $0, format: format, level: level) }
    }

    private func certificates(_ configuration: WardConfiguration) throws -> CertificateStore {
        let asksClients = configuration.text("tls.client_certificates") == "true"
        if let certificate = configuration.text("tls.certificate"), let key = configuration.text("tls.key") {
            return try CertificateStore(
                files: CertificateFiles(certificatePath: certificate, keyPath: key), asksClients: asksClients)
        }
        guard configuration.isDevelopment else {
            throw ConfigurationError("tls.certificate and tls.key must be set: a production home makes no certificates of its own")
        }
        let made = DevelopmentCertificates(folder: home.tls)
        try made.ensure()
        return try CertificateStore(files: made.files, asksClients: asksClients)
    }

    private func serverConfiguration(_ configuration: WardConfiguration) throws(ConfigurationError) -> ServerConfiguration {
        var server = ServerConfiguration()
        server.host = configuration.text("server.host") ?? "127.0.0.1"
        server.port = configuration.whole("server.port")
        server.asksForClientCertificates = configuration.text("tls.client_certificates") == "true"
        server.metricsCertificates = try configuration.metricsCertificates()
        server.publicAuthority = configuration.text("server.public_authority")
        server.maximumBodyBytes = configuration.whole("limits.body_mebibytes") << 20
        server.maximumConnections = configuration.whole("limits.connections")
        server.maximumConnectionsPerAddress = configuration.whole("limits.connections_per_address")
        server.maximumRequests = configuration.whole("limits.requests")
        server.requestTimeout = .seconds(configuration.whole("limits.request_seconds"))
        return server
    }

    private func services(_ house: House) -> EdgeServices {
        EdgeServices(
            authenticate: { token, source in
                do throws(AuthenticationError) {
                    if AuthorizationServer.isAccessToken(token) {
                        return try await house.identity.authorizationServer.authenticate(token: token, source: source)
                    }
                    guard SessionChannel.bearer.carries(token) else { return nil }
                    return try await house.identity.authenticator.authenticate(token: token, source: source)
                } catch {
                    if error.code == .notAuthenticated { return nil }
                    throw error
                }
            },
            signIn: { form, source in
                do throws(SignInError) {
                    let session = try await house.identity.signIn.signIn(
                        name: form.name, password: form.password.revealed, code: form.code.revealed, source: source)
                    return SignInAnswer(
                        token: Protected(session.token), idleSeconds: session.idleSeconds, expiresAt: session.expiresAt)
                } catch {
                    if error.code == .refused { return nil }
                    throw error
                }
            },
            browserSignIn: { form, source in
                do throws(SignInError) {
                    let session = try await house.identity.signIn.signIn(
                        name: form.name, password: form.password.revealed, code: form.code.revealed, source: source,
                        channel: .browser, device: form.device)
                    return Protected(session.token)
                } catch {
                    if error.code == .refused { return nil }
                    throw error
                }
            },
            browser: { token, source in
                do throws(AuthenticationError) {
                    return try await house.identity.authenticator.authenticate(token: token, source: source)
                } catch {
                    if error.code == .notAuthenticated { return nil }
                    throw error
                }
            },
            refused: { status, path, source, caller in
                try await house.identity.refusedRequests.record(
                    status: status, path: path, source: source, caller: caller)
            },
            signOut: { try await house.identity.signIn.signOut($0) },
            accounts: AccountServices(
                activation: house.identity.activation, own: house.identity.ownAccount, passkeys: house.identity.passkeys,
                signIn: house.identity.signIn, external: house.identity.external,
                qrCode: { QRCode($0)?.modules }),
            oauth: house.identity.authorizationServer,
            fhir: { try await house.fhir.respond(to: $0, caller: $1) },
            audit: { try await house.desk.answer($0, caller: $1, requestID: $2) },
            capability: { house.fhir.capabilities(baseURL: $0).body },
            observe: EdgeServices.observers(house.policies),
            readiness: readiness(house))
    }

    private func readiness(_ house: House) -> [ReadinessCheck] {
        [
            ReadinessCheck("keys") {
                if house.tenantKeys.isSuspended { throw Failure("the key service does not answer") }
            },
            ReadinessCheck("audit-log") { try house.audit.requireWritable() },
            ReadinessCheck("records") { _ = try await house.vault.newestSequence() },
            ReadinessCheck("records-whole", isRequired: false) {
                let faults = await house.verification.pages.last?.found.faultCount ?? 0
                if faults > 0 { throw Failure("the last verification found faults") }
            },
        ] + house.deliveries.services.map { delivery in
            ReadinessCheck("audit-\(delivery.name)", isRequired: false) { try delivery.requireTimely() }
        }
    }
}

/// Tells the log when the server stops, while the log still takes entries.
private struct StopEvent: Service {
    let log: AuditLog
    let origin: EventOrigin

    func run() async throws {
        try? await gracefulShutdown()
        try await log.record(AuditEvent(.stop, by: origin))
    }
}
