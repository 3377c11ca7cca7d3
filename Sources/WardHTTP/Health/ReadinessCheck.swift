/// One thing that must hold for the server to do its work.
public struct ReadinessCheck: Sendable {
    /// A short fixed name, such as `audit-log`; it is shown to anybody.
    public var name: String
    /// False for what is told but does not make the server unready.
    public var isRequired: Bool
    /// Throws where it does not hold.
    public var check: @Sendable () async throws -> Void

    /// A check; `name` is shown to anybody.
    public init(_ name: String, isRequired: Bool = true, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.isRequired = isRequired
        self.check = check
    }
}
