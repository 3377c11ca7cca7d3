public import WardDatabase

/// Makes the caller for a command that an operating-system user runs on a home.
///
/// Such a caller has one factor, the word of the operating system, and the role ``Role/localOperator``: it may
/// administer and verify, and never reaches health data.
public enum LocalOperator {
    /// The caller for the operating-system account `osUser`, such as `root`.
    public static func caller(osUser: String, tenant: TenantID = .first) -> Caller {
        Caller(
            subject: .operatingSystemUser(osUser), role: .localOperator, session: nil, factors: [.operatingSystem],
            tenant: tenant, source: "local")
    }
}
