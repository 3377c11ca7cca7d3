/// A data key that some version names as the one that sealed it.
public struct KeyUse: Sendable, Hashable {
    /// The patient whose key it is; nil for the tenant's shared key.
    public var patient: LogicalID?
    /// The version of the data key.
    public var version: UInt32

    /// A use; see the properties.
    public init(patient: LogicalID?, version: UInt32) {
        self.patient = patient
        self.version = version
    }
}

/// The data keys that a span of versions names.
public struct KeyUsePage: Sendable {
    public var uses: Set<KeyUse>
    /// The last sequence of the span; nil where no version comes after it.
    public var next: Int64?

    /// A page; engines make it.
    public init(uses: Set<KeyUse>, next: Int64?) {
        self.uses = uses
        self.next = next
    }
}
