/// How long entries are kept. Six years are the floor, in code: no setting goes below it.
///
/// Source: 45 CFR 164.316(b)(2)(i): six years from the date of creation, or of when it last was in effect.
public struct AuditRetention: Sendable, Hashable {
    /// Whole years; each counts as 366 days, so that none is ever too short.
    public let years: Int

    /// What the law asks for at the least.
    public static let floorYears = 6
    /// The same in microseconds: nothing younger ever goes.
    public static let floor = microseconds(years: floorYears)

    /// So many years.
    /// - Throws: ``AuditError`` with `.malformed` where that is less than the floor, or more than a hundred.
    public init(years: Int) throws(AuditError) {
        guard (Self.floorYears...100).contains(years) else {
            throw AuditError(
                .malformed, "entries of the audit log are kept for six years at least, and for a hundred at most")
        }
        self.years = years
    }

    /// The same in microseconds.
    public var microseconds: Int64 { Self.microseconds(years: years) }

    private static func microseconds(years: Int) -> Int64 { Int64(years) * 366 * 86_400_000_000 }
}
