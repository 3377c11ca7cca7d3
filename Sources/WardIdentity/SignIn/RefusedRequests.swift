internal import WardDatabase

/// Tells the audit log of requests that were refused before anybody asked what they want: without a caller, or by one
/// who may not.
///
/// Of those whom nobody knows, each address has a bucket of entries, so that whoever knocks without end does not fill the
/// log: where it is dry, one entry says so, and further ones are told by their number until it fills again
/// (``UntoldRefusals``). What a known person or application is refused is told each time, as what they read is: no flood
/// from their address hides it.
public struct RefusedRequests: Sendable {
    let limiter: SourceLimiter
    let trail: IdentityTrail
    let untold: UntoldRefusals
    let clock: any WallClock
    let tenant: TenantID

    /// Entries that one address may make at once, and how soon there may be one more.
    static let burst = 60
    static let refill = Duration.seconds(1)

    /// Makes the entry durable: for a caller always, else if the address may make one.
    /// - Parameters:
    ///   - status: the answer: 401, 403, or what else says that nothing here has such a form.
    ///   - path: the path of the endpoint in the table of routes, never the request's own.
    ///   - caller: whoever it was, where that is known.
    /// - Throws: ``AuditError`` where the log cannot be written.
    public func record(status: Int, path: String, source: String, caller: Caller? = nil) async throws {
        let fact = IdentityFact.requestRefused(status: status, path: path)
        guard let caller else { return try await record(fact, TrailActor(source: source, tenant: tenant), source: source) }
        try await trail.record(fact, TrailActor(caller))
    }

    /// The same for a refusal of another kind.
    func record(_ fact: IdentityFact, _ actor: TrailActor, source: String) async throws {
        switch limiter.admit(source, now: clock.now()) {
        case .admitted: try await trail.record(fact, actor)
        case .heldBack(_, isFirst: true): try await trail.record(.requestsNotTold, actor)
        case .heldBack: untold.add(.requests, from: source)
        }
    }
}
