/// Where an expression is evaluated.
struct PathContext {
    let definitions: FHIRDefinitions
    /// `%resource`.
    let root: PathElement?
    /// `$this`.
    var focus: PathValue
    /// `$index`.
    var index: Int?
    /// `$total`.
    var total: [PathValue] = []

    /// The most values that a collection may grow to.
    static let maximumCount = 1_000_000

    func with(_ focus: PathValue, index: Int? = nil) -> PathContext {
        var context = self
        context.focus = focus
        context.index = index
        return context
    }
}
