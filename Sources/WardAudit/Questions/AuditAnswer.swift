/// The answer to a question: entries or findings, and what shows that they came from a log that verifies.
public struct AuditAnswer: Sendable, Codable {
    /// The question's name.
    public var question: String
    /// Whom it was about.
    public var subject: String?
    /// Entries, newest first.
    public var entries: [AuditLine] = []
    /// What was found by counting or comparing, in words.
    public var findings: [Finding] = []
    /// What a reader should know of the answer, such as that there was too little to compare with.
    public var notes: [String] = []
    /// RFC 3339: the time of the oldest entry that the log holds, where earlier ones have expired; else nil.
    public var holdsFrom: String?
    /// Where the next page begins (``AuditQuestion/before``); nil where this is the last.
    public var next: Int64?
    /// Why it can be believed.
    public var proof: Proof

    /// Something found.
    public struct Finding: Sendable, Codable, Equatable {
        /// In words.
        public var what: String
        /// Who, by name; the id where no name is known.
        public var who: String?
        /// About whom, as `Patient/ID`.
        public var patient: String?
        /// The day or time, RFC 3339.
        public var when: String?
        /// Entries that show it; at most ten.
        public var entries: [Int64]

        init(_ what: String, who: String? = nil, patient: String? = nil, when: String? = nil, entries: [Int64] = []) {
            self.what = what
            self.who = who
            self.patient = patient
            self.when = when
            self.entries = Array(entries.prefix(Self.entryBound))
        }

        /// Entries that a finding names.
        static let entryBound = 10
    }

    /// The signed state of the log that the answer was read from.
    ///
    /// Every entry that was read for the answer was hashed and led, tile by tile, to the root of this checkpoint.
    /// `ward audit proof ENTRY` proves a single one to somebody else.
    public struct Proof: Sendable, Codable, Equatable {
        /// The signed checkpoint, a C2SP note; nil while nothing of the log is signed.
        public var checkpoint: String?
        /// The verifier key for it.
        public var key: String?
        /// Entries that were read and proved.
        public var proved: Int64
        /// Entries that were read and are too new to be signed.
        public var unsigned: Int64
        /// `index`, or `whole log` where every entry of the range was read.
        public var foundBy: String
    }
}
