/// An error of a storage engine. Its description is safe to log: it holds no value of any row.
public struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: Code
    /// What was being done and the engine's own result code, such as `commit: SQLITE_FULL`; never a value.
    public var context: String
    /// What sets it right, where that is not what the code alone says.
    public var remedy: String?

    /// An error; `context` and `remedy` must hold no value of any row.
    public init(_ code: Code, _ context: String, remedy: String? = nil) {
        self.code = code
        self.context = context
        self.remedy = remedy
    }

    public var description: String { ["\(code.rawValue): \(context)", remedy].compactMap(\.self).joined(separator: "; ") }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// A version of the batch does not follow the newest one in the store.
        case versionConflict
        /// A precondition of the batch does not hold.
        case preconditionFailed
        /// Tokens are of an epoch of the index that is over: make them anew.
        case indexMoved
        /// Too many batches wait; try again later.
        case overloaded
        /// The disk is full.
        case full
        /// The store cannot be read or written: missing, locked by another, read-only, I/O error.
        case unavailable
        /// The store's own structure is damaged.
        case corrupt
        /// A row that was asked for holds what no engine writes; others are as they were.
        case damaged
        /// The store was made by a newer program.
        case newerSchema
        /// The store was made by an older program, and is open for reading only: opened for writing, it is brought over.
        case olderSchema
        /// What no engine made stands in the place of a file of the store, or beside it; the context names it by its path.
        case foreign
        /// The operating system denies this account a file or folder of the store; the context names it by its path.
        case forbidden
        /// The store is closed or closing.
        case closed
        /// The keys of this patient were destroyed by order: nothing is kept for them any more.
        case destroyed
        /// A query asks for more than the bound.
        case tooCostly
    }
}
