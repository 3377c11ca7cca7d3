internal import WardAccess
internal import WardAudit
internal import WardIdentity
internal import WardPrivacy
internal import WardRecords
internal import WardDatabase

/// Brings synthetic patients into a development home by the way that everybody goes: an importer's account signs in with both factors, posts
/// transactions, signs out, and is closed.
struct Seeding: Sendable {
    let house: House
    let administration: Administration

    /// Writes that many patients.
    /// - Returns: how many were written.
    func run(patients: Int) async throws -> Int {
        let name = "seed-\(LogicalID(uuid: TimeOrderedIDs().next()).text.suffix(8))"
        let answer = await administration.perform(
            .userAdd(name: name, role: Role.importer.rawValue, password: nil), osUser: OperatingSystemUser.name)
        guard case .credentials(let credentials) = answer, let password = credentials.password else {
            throw Failure("an account for loading could not be made")
        }
        guard let code = credentials.totpUri.flatMap({ OneTimeCode(uri: $0) }) else { throw Failure("the second factor cannot be read") }
        let session = try await house.identity.signIn.signIn(
            name: name, password: password, code: code.current(), source: "local")
        let caller = try await house.identity.authenticator.authenticate(token: session.token, source: "local")
        var written = 0
        for bundle in SyntheticPopulation(seed: 2026).bundles(count: patients) {
            let request = FHIRRequest(
                method: "POST", path: [], body: bundle, requestID: LogicalID(uuid: TimeOrderedIDs().next()).text, source: "local",
                baseURL: "https://localhost/fhir")
            let response = try await house.fhir.respond(to: request, caller: caller).value
            guard response.status == 200 else { throw Failure("a synthetic patient was refused with status \(response.status)") }
            written += 1
        }
        try await house.identity.signIn.signOut(caller)
        _ = await administration.perform(.userDisable(name: name), osUser: OperatingSystemUser.name)
        return written
    }
}
