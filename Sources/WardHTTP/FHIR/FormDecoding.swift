/// Strict decoding of `application/x-www-form-urlencoded`, of queries and of bodies. Source: WHATWG URL §5.1.
enum FormDecoding {
    /// Names and values in order; empty pieces between `&` count for nothing. Throws `error` where an escape is
    /// broken, a name is missing or the text is not UTF-8, and ``EdgeError/tooManyParameters`` beyond `limit`.
    static func parameters(
        _ bytes: some Collection<UInt8>, limit: Int, error: EdgeError
    ) throws(EdgeError) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex
            let piece = rest[..<end]
            rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
            if piece.isEmpty { continue }
            guard result.count < limit else { throw .tooManyParameters }
            let mark = piece.firstIndex(of: UInt8(ascii: "="))
            let tail = mark.map { piece[piece.index(after: $0)...] } ?? piece[piece.endIndex...]
            guard
                let name = PercentDecoding.decode(piece[..<(mark ?? piece.endIndex)], plusIsSpace: true), !name.isEmpty,
                let value = PercentDecoding.decode(tail, plusIsSpace: true)
            else { throw error }
            result.append((name, value))
        }
        return result
    }
}
