/// What a caller wants to do, in the words by which it is decided.
public struct InteractionRequest: Sendable, Hashable {
    /// The interaction.
    public let kind: InteractionKind
    /// The resource type, or nil where the interaction is about the system or an envelope.
    public let type: String?
    /// Further types that a search touches: by chains, `_has`, includes, sort keys. Each must be open to search by
    /// itself.
    public let related: Set<String>
    /// Why; nil: the first purpose of the caller's role.
    public let purpose: PurposeOfUse?

    /// A request about one type.
    ///
    /// An update that would create (no such id yet) needs a second decision, on `create`.
    public init(_ kind: InteractionKind, type: String, related: Set<String> = [], purpose: PurposeOfUse? = nil) {
        self.kind = kind
        self.type = type
        self.related = related
        self.purpose = purpose
    }

    /// A request about the system: `history-system`, `search-system`, `batch`, `transaction`, `capabilities`.
    public init(_ kind: InteractionKind, related: Set<String> = [], purpose: PurposeOfUse? = nil) {
        self.kind = kind
        self.type = nil
        self.related = related
        self.purpose = purpose
    }
}
