/// A question to the audit log.
public struct AuditQuestion: Sendable, Codable, Equatable {
    /// What is asked.
    public var kind: Kind
    /// Whom it is about: `Patient/ID` for ``Kind/whoSaw``, a user's name or id for ``Kind/whatDid``.
    public var subject: String?
    /// Microseconds since 1970-01-01T00:00:00Z, first included; where not set, as the kind of question has it.
    public var from: Int64?
    /// Microseconds since 1970-01-01T00:00:00Z, not included; now where not set.
    public var to: Int64?
    /// The page begins below this entry; the newest come first. Of findings, it is how many are left.
    public var before: Int64?
    /// Entries, or findings, of a page.
    public var limit: Int
    /// True to read the log itself from end to end instead of trusting the index to leave nothing out.
    public var readsWholeLog: Bool

    /// Most entries of a page.
    public static let largestPage = 500

    /// A question; see the properties.
    public init(
        _ kind: Kind, subject: String? = nil, from: Int64? = nil, to: Int64? = nil, before: Int64? = nil,
        limit: Int = 50, readsWholeLog: Bool = false
    ) {
        self.kind = kind
        self.subject = subject
        self.from = from
        self.to = to
        self.before = before
        self.limit = min(max(limit, 1), Self.largestPage)
        self.readsWholeLog = readsWholeLog
    }

    /// What can be asked, by its name in commands and URLs.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Who read or changed what of this patient?
        case whoSaw = "who-saw"
        /// What did this user do?
        case whatDid = "what-did"
        /// What went out in bulk: exports of records and of the log, backups?
        case leftTheBuilding = "left-the-building"
        /// What was refused: requests without the right, sign-ins that failed?
        case denied
        /// Who took rights in an emergency, and who reviewed it?
        case breakGlass = "break-glass"
        /// Who reached health information outside working hours?
        case outOfHours = "out-of-hours"
        /// Who reached the records of unusually many patients on a day?
        case unusual
        /// Who looked up patients of their own family name, or coworkers?
        case sameName = "same-name"
        /// Who signed in from a network that they had never signed in from?
        case newPlaces = "new-places"
        /// Where is the log silent, or where are entries missing before they were signed?
        case gaps

        /// True where the question needs a subject.
        public var needsSubject: Bool { self == .whoSaw || self == .whatDid }

        /// True where the answer is what was found by counting or comparing; else it is entries.
        public var givesFindings: Bool { [.unusual, .sameName, .newPlaces, .gaps].contains(self) }

        /// How far back it looks where the question does not say, in days; nil: over the whole log.
        public var days: Int64? {
            switch self {
            case .whoSaw, .whatDid, .leftTheBuilding, .denied, .breakGlass: nil
            case .outOfHours, .unusual, .gaps: 7
            case .sameName, .newPlaces: 30
            }
        }
    }
}
