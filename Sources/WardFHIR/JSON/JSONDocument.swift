/// A JSON text, parsed without loss: a flat tape over the original bytes.
///
/// Member order, number lexemes and string escapes stay as they were written; nothing is converted. Immutable and cheap
/// to pass on; its nodes keep it alive. A printed document shows no content.
///
/// Source: RFC 8259, with the stricter reading of RFC 7493 (I-JSON) for duplicate names and surrogates.
public struct JSONDocument: Sendable {
    let storage: JSONStorage

    /// Parses a whole text.
    ///
    /// Refused: anything outside the grammar, duplicate names in an object (compared decoded), invalid UTF-8, a byte
    /// order mark, lone surrogate escapes, what follows the value, and what exceeds the limits.
    /// - Throws: ``JSONError`` with the offset and path, never a value.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        guard bytes.count <= limits.maximumBytes else {
            throw JSONError(.tooLarge, offset: limits.maximumBytes, path: "")
        }
        let parsed = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            var parser = JSONParser(buffer, limits: limits)
            try parser.parseDocument()
            return (tape: parser.tape, isCompact: parser.isCompact)
        }
        storage = JSONStorage(bytes: bytes, tape: parsed.tape, isCompact: parsed.isCompact)
    }

    /// The document's value.
    public var root: JSONNode { JSONNode(storage: storage, index: 0) }
}
