/// The original bytes of a document and the tape over them. Immutable, and therefore shared freely.
final class JSONStorage: Sendable {
    let bytes: [UInt8]
    let tape: [JSONTapeEntry]
    /// Whether the original has no white space between its tokens, so that any subtree may be copied as it is.
    let isCompact: Bool

    init(bytes: [UInt8], tape: [JSONTapeEntry], isCompact: Bool) {
        self.bytes = bytes
        self.tape = tape
        self.isCompact = isCompact
    }

    /// The bytes of an entry as written: a string without its quotes and with its escapes.
    @inline(__always)
    func withRaw<R, E: Error>(
        _ entry: JSONTapeEntry, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try bytes.withUnsafeBufferPointer { all throws(E) in
            try body(UnsafeBufferPointer(rebasing: all[Int(entry.start)..<Int(entry.end)]))
        }
    }

    /// The decoded bytes of a string entry, or the lexeme of another scalar.
    @inline(__always)
    func withDecoded<R>(
        _ entry: JSONTapeEntry, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R {
        try bytes.withUnsafeBufferPointer { all in
            let raw = UnsafeBufferPointer(rebasing: all[Int(entry.start)..<Int(entry.end)])
            return entry.hasEscapes ? try JSONEscapes.withDecoded(raw, body) : try body(raw)
        }
    }

    /// Whether the decoded text of a string entry is these bytes.
    @inline(__always)
    func equals(_ entry: JSONTapeEntry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if entry.hasEscapes { return withDecoded(entry) { JSONEscapes.same($0, text) } }
        guard Int(entry.end - entry.start) == text.count else { return false }
        return withRaw(entry) { JSONEscapes.same($0, text) }
    }

    /// The tape index of the value of a member, or nil.
    func member(of object: Int, named name: UnsafeBufferPointer<UInt8>) -> Int? {
        tape.withUnsafeBufferPointer { tape in
            guard tape[object].kind == .object else { return nil }
            var index = object + 1
            let end = Int(tape[object].next)
            while index < end {
                if equals(tape[index], name) { return index + 1 }
                index = Int(tape[index + 1].next)
            }
            return nil
        }
    }
}
