/// Why something is refused, and how openly it may be said. It holds no data and is safe to log.
public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why.
    public let reason: Reason
    /// How openly.
    public let disclosure: Disclosure

    /// Why something is refused.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No rule opens it.
        case noRule = "no-rule"
        /// The type is none of the FHIR version that is served.
        case unknownType = "unknown-type"
        /// Health data asks for two factors.
        case factorsMissing = "factors-missing"
        /// The last factor was shown too long ago for this: it must be shown anew.
        case factorStale = "factor-stale"
        /// The role may not act for this purpose.
        case purposeNotOpen = "purpose-not-open"
        /// The only scopes that open this write carry constraints of a search; writes under such are closed.
        case constrainedWrite = "constrained-write"
        /// The scopes open the write, but no search: criteria inside a write are one.
        case unsearchable
        /// The scopes are about one patient, and the record is not that patient's alone, before or after the write.
        case otherPatient = "other-patient"
        /// The record lies outside the filter of the permit.
        case outsideFilter = "outside-filter"
    }

    /// How openly a refusal may be told.
    public enum Disclosure: Sendable, Hashable {
        /// 403: the answer is the same whether or not the record exists, so it tells nothing of it.
        case forbidden
        /// 404: whether the record exists is itself health data.
        case notFound
    }

    init(_ reason: Reason) {
        self.reason = reason
        self.disclosure = reason == .outsideFilter ? .notFound : .forbidden
    }

    /// The refusal of a record that exists outside a permit's filter. It answers as if there were none.
    public static let outsideFilter = Refusal(.outsideFilter)

    /// The refusal to write, by scopes of one patient, what would not be that patient's alone.
    public static let otherPatient = Refusal(.otherPatient)

    /// The HTTP status by which it is told.
    public var status: Int { disclosure == .forbidden ? 403 : 404 }

    public var description: String { "refused: \(reason.rawValue)" }
}
