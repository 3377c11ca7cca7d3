/// A request target taken apart strictly: what is not well formed is refused, never guessed.
struct RequestTarget: Sendable {
    /// Decoded segments of the path. One slash at the end is allowed and adds nothing.
    var path: [String]
    /// Decoded parameters of the query, in order.
    var query: [(name: String, value: String)]

    /// Takes apart the path and query of a request, such as `/fhir/Patient?name=x`.
    init(_ target: String, maximumParameters: Int) throws(EdgeError) {
        let bytes = target.utf8
        guard bytes.first == UInt8(ascii: "/"), !bytes.contains(UInt8(ascii: "#")) else { throw .badTarget }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        guard let path = Self.segments(bytes[bytes.index(after: bytes.startIndex)..<mark]) else { throw .badTarget }
        self.path = path
        query =
            mark == bytes.endIndex
            ? []
            : try FormDecoding.parameters(
                bytes[bytes.index(after: mark)...], limit: maximumParameters, error: .badQuery)
    }

    private static func segments(_ bytes: Substring.UTF8View) -> [String]? {
        var result: [String] = []
        var rest = bytes
        if rest.last == UInt8(ascii: "/") { rest.removeLast() }
        if rest.isEmpty { return [] }
        for piece in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard
                !piece.isEmpty, let segment = PercentDecoding.decode(piece, plusIsSpace: false), segment != ".",
                segment != "..", !segment.utf8.contains(UInt8(ascii: "/")), !segment.utf8.contains(UInt8(ascii: "\\"))
            else { return nil }
            result.append(segment)
        }
        return result
    }
}
