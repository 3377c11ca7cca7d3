public import WardDatabase
public import WardIdentity

/// Evidence that a caller may do an interaction. Only ``PolicyEngine`` makes one.
///
/// What carries it out passes ``filter(for:)`` into the search plan and ``mask`` into the response; a type that the
/// permit does not open has the filter ``PermitFilter/nothing``.
public struct Permit: Sendable {
    /// Who.
    public let caller: Caller
    /// What.
    public let kind: InteractionKind
    /// On which types. Empty for an envelope and for `capabilities`, which open no resource by themselves.
    public let types: PermittedTypes
    /// Why.
    public let purpose: PurposeOfUse
    /// What is hidden on the way out.
    public let mask: PermitMask
    /// What the answer may hold.
    public let answer: Answer
    /// The one patient whose records alone may be written; nil: whoever's. What is written must be within ``filter(for:)`` before and
    /// after, this patient's, and nobody else's.
    public let writesOnlyOf: LogicalID?

    private let general: PermitFilter
    private let filters: [String: PermitFilter]

    /// What the answer to the interaction may hold.
    public enum Answer: Sendable, Hashable {
        /// Resources.
        case content
        /// Status, location, version and time; no resource, whatever `Prefer` asks for. It is so where the caller
        /// may not read the type.
        case referenceOnly
    }

    init(
        caller: Caller, kind: InteractionKind, types: PermittedTypes, purpose: PurposeOfUse, answer: Answer,
        writesOnlyOf: LogicalID? = nil, general: PermitFilter = .nothing, filters: [String: PermitFilter] = [:]
    ) {
        self.caller = caller
        self.kind = kind
        self.types = types
        self.purpose = purpose
        self.mask = .none
        self.answer = answer
        self.writesOnlyOf = writesOnlyOf
        self.general = general
        self.filters = filters
    }

    /// What of a type the permit reaches.
    public func filter(for type: String) -> PermitFilter {
        guard types.contains(type) else { return .nothing }
        return filters[type] ?? general
    }
}
