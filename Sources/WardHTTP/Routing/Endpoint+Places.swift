public import WardAudit
internal import WardRecords

extension Endpoint {
    /// Every path with what it writes to the audit log, in the order of the route table.
    public static let places: [AuditedPlace] = [
        AuditedPlace(
            "any path that asks for a session",
            [
                EventPromise(.refusal, "no live session or token was shown; once a second and address at most, after the first 60"),
                EventPromise(.timeOut, "the session that was shown had come to its end"),
            ])
    ] + all.flatMap(\.ownPlaces)

    private var ownPlaces: [AuditedPlace] {
        if name == .fhir { return Interaction.places }
        let changing = methods.filter { $0 != "GET" && $0 != "HEAD" }
        let below = name == .audit ? "/{question}" : ""
        return methods.filter { $0 != "HEAD" }.map { method in
            AuditedPlace("\(method) \(path)\(below)", changing.isEmpty || changing.contains(method) ? events : [])
        }
    }
}
