/// What a witness says to a request.
///
/// Source: C2SP tlog-witness, add-checkpoint.
public enum WitnessAnswer: Sendable, Equatable {
    /// Signature lines, each ended by a line feed.
    case cosigned([UInt8])
    /// The request has no form that the protocol knows, or asks for a size that is smaller than the old one.
    case malformed
    /// The log's key did not sign it.
    case notSigned
    /// The witness does not know this log.
    case unknownLog
    /// The old size is not the one that the witness saw last; that one comes with it.
    case otherSize(Int64)
    /// The same size has another root: the log shows two faces.
    case otherRoot(Int64)
    /// The proof does not show that the new tree begins with the old one.
    case notConsistent
    /// The witness cannot keep what it would sign, so it signs nothing.
    case unavailable

    /// The HTTP status.
    public var status: Int {
        switch self {
        case .cosigned: 200
        case .malformed: 400
        case .notSigned: 403
        case .unknownLog: 404
        case .otherSize, .otherRoot: 409
        case .notConsistent: 422
        case .unavailable: 503
        }
    }

    /// The body: signature lines, the size that the witness saw last, or words.
    public var body: [UInt8] {
        switch self {
        case .cosigned(let lines): lines
        case .otherSize(let size), .otherRoot(let size): Array("\(size)\n".utf8)
        case .malformed: Array("the body must be an add-checkpoint request\n".utf8)
        case .notSigned: Array("no signature of a key that is trusted for this log\n".utf8)
        case .unknownLog: Array("this log is not known here\n".utf8)
        case .notConsistent: Array("the consistency proof does not hold\n".utf8)
        case .unavailable: Array("the checkpoint cannot be kept now\n".utf8)
        }
    }

    /// The media type of ``body``.
    public var mediaType: String {
        switch self {
        case .otherSize, .otherRoot: "text/x.tlog.size"
        default: "text/plain; charset=utf-8"
        }
    }
}
