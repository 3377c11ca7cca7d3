internal import WardAccess
internal import WardFHIR

/// The conditions that a request sets by its headers, or an entry of a Bundle by members of the same names.
///
/// `If-Modified-Since` is not among them: it may always be passed over, and the whole answer given (RFC 9110 §13.1.3).
struct Conditions: Sendable {
    var ifMatch: String?
    var ifNoneMatch: String?
    var ifUnmodifiedSince: String?
    var ifNoneExist: String?

    init(_ request: FHIRRequest) {
        ifMatch = request.ifMatch
        ifNoneMatch = request.ifNoneMatch
        ifUnmodifiedSince = request.ifUnmodifiedSince
        ifNoneExist = request.ifNoneExist
    }

    init(_ entry: BundleEntry) {
        ifMatch = entry.ifMatch
        ifNoneMatch = entry.ifNoneMatch
        ifNoneExist = entry.ifNoneExist
    }

    /// A condition that would not be looked at is refused: who sets it counts on it.
    /// - Throws: ``FHIRError`` 400 naming the condition that the interaction does not take, or that cannot be read.
    func check(_ kind: InteractionKind) throws(FHIRError) {
        if ifMatch != nil {
            guard kind == .update || kind == .delete else {
                throw .notSupported("only an update or a delete takes If-Match", path: "If-Match")
            }
            _ = try EntityTag.required(ifMatch)
        }
        if ifNoneMatch != nil {
            guard kind == .read || kind == .vread || kind == .update else {
                throw .notSupported("only a read or an update takes If-None-Match", path: "If-None-Match")
            }
            _ = try EntityTag.excluded(ifNoneMatch)
        }
        if ifUnmodifiedSince != nil {
            throw .notSupported("a version is named by its ETag: use If-Match", path: "If-Unmodified-Since")
        }
        if ifNoneExist != nil, kind != .create {
            throw .notSupported("only a create takes If-None-Exist", path: "If-None-Exist")
        }
    }
}
