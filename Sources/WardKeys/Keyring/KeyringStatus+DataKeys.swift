extension KeyringStatus.Key {
    /// A data key, as its wrapped form tells of it.
    /// - Parameters:
    ///   - patient: nil for the shared key.
    ///   - place: the file that holds it.
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    public init(
        tenant: UInt32, patient: String?, version: UInt32, kekVersion: UInt32, createdAt: Int64, place: String,
        isCurrent: Bool, now: Int64
    ) {
        self.init(
            id: "tenant-\(tenant)/" + (patient.map { "patient/\($0)" } ?? "shared") + "/\(version)", kind: .data,
            version: version, createdAt: createdAt, place: place, isCurrent: isCurrent,
            wrappedBy: "tenant-\(tenant)/kek/\(kekVersion)")
        tellAge(now: now)
    }

    /// The patient and the version that the id of a data key names; nil where it is none of this tenant.
    public static func dataKey(_ id: String, tenant: UInt32) -> (patient: String?, version: UInt32)? {
        let words = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard words.first == "tenant-\(tenant)", let version = words.last.flatMap({ UInt32($0) }) else { return nil }
        if words.count == 3, words[1] == "shared" { return (nil, version) }
        return words.count == 4 && words[1] == "patient" ? (words[2], version) : nil
    }
}
