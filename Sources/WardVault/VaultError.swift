public import WardDatabase

/// An error of the vault. Its description names the record by reference and nothing of its content.
public struct VaultError: Error, Sendable, CustomStringConvertible {
    public var code: Code
    /// The record concerned, if one is.
    public var record: RecordKey?
    /// Whose record it is, as the store says in the clear; nil where it is nobody's, or nobody knows.
    public var patient: LogicalID?
    /// What was found; no content.
    public var detail: String

    /// An error; `detail` must hold no content.
    public init(_ code: Code, record: RecordKey? = nil, of patient: LogicalID? = nil, _ detail: String) {
        self.code = code
        self.record = record
        self.patient = patient
        self.detail = detail
    }

    public var description: String {
        "\(code.rawValue): \(detail)" + (record.map { " (\($0))" } ?? "")
    }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// The sealed bytes or the row that they lie in are not what was written: changed, moved or sealed under another key.
        case notAuthentic
        /// The data key is missing.
        case keyMissing
        /// The patient's data keys were destroyed by order: nothing of that patient can be read or written any more.
        case shredded
        /// The key service or the key store does not answer.
        case keysUnavailable
        /// Another write came first.
        case versionConflict
        /// A precondition of the write no longer holds.
        case preconditionFailed
        /// Tokens are of an epoch of the index that is over: make the terms anew, and try again.
        case indexMoved
        /// Too much waits; try again later.
        case overloaded
        /// The store cannot be read or written, or its disk is full.
        case unavailable
        /// The question is wider than its bound.
        case tooCostly
    }

    /// The same failure, said by the vault.
    public init(_ error: DatabaseError, record: RecordKey? = nil) {
        let code: Code = switch error.code {
        case .versionConflict: .versionConflict
        case .preconditionFailed: .preconditionFailed
        case .indexMoved: .indexMoved
        case .overloaded: .overloaded
        case .tooCostly: .tooCostly
        case .destroyed: .shredded
        case .damaged: .notAuthentic
        case .full, .unavailable, .corrupt, .newerSchema, .olderSchema, .foreign, .forbidden, .closed: .unavailable
        }
        self.init(code, record: record, error.description)
    }
}
