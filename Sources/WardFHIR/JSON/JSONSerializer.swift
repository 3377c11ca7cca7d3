/// Writes subtrees in compact form, copying tokens as they were written.
enum JSONSerializer {
    static func serialize(_ node: JSONNode) -> [UInt8] {
        var out: [UInt8] = []
        serialize(node, into: &out)
        return out
    }

    static func serialize(_ node: JSONNode, into out: inout [UInt8]) {
        let storage = node.storage
        let index = Int(node.index)
        let range = written(storage.tape[index])
        out.reserveCapacity(out.count + range.count)
        if storage.isCompact || !storage.tape[index].isContainer {
            out.append(contentsOf: storage.bytes[range])
            return
        }
        // Compact text is never longer than what it was made from.
        out.append(contentsOf: [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            storage.bytes.withUnsafeBufferPointer { bytes in
                storage.tape.withUnsafeBufferPointer { tape in
                    guard let target = buffer.baseAddress, let source = bytes.baseAddress else { return }
                    var cursor = Cursor(source: source, tape: tape, target: target)
                    cursor.copy(index)
                    count = cursor.target - target
                }
            }
        })
    }

    /// The bytes of a value as written, with the quotes of a string.
    @inline(__always)
    static func written(_ entry: JSONTapeEntry) -> Range<Int> {
        let quote = entry.kind == .string ? 1 : 0
        return Int(entry.start) - quote..<Int(entry.end) + quote
    }

    /// A place in the text that is written; recursion is bounded by the depth of the document.
    private struct Cursor {
        let source: UnsafePointer<UInt8>
        let tape: UnsafeBufferPointer<JSONTapeEntry>
        var target: UnsafeMutablePointer<UInt8>

        mutating func copy(_ index: Int) {
            let entry = tape[index]
            guard entry.isContainer else { return token(entry) }
            let isObject = entry.kind == .object
            put(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
            var child = index + 1
            let end = Int(entry.next)
            while child < end {
                if child > index + 1 { put(UInt8(ascii: ",")) }
                if isObject {
                    token(tape[child])
                    put(UInt8(ascii: ":"))
                    child += 1
                }
                copy(child)
                child = Int(tape[child].next)
            }
            put(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }

        @inline(__always)
        private mutating func put(_ byte: UInt8) {
            target.pointee = byte
            target += 1
        }

        @inline(__always)
        private mutating func token(_ entry: JSONTapeEntry) {
            let range = JSONSerializer.written(entry)
            target.update(from: source + range.lowerBound, count: range.count)
            target += range.count
        }
    }
}
