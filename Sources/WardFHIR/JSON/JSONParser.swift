/// Reads a JSON text once, from left to right, and writes the tape. No recursion: open containers are on `open`.
struct JSONParser {
    /// A container that is not yet closed.
    struct Frame {
        /// Its place on the tape.
        var container: Int
        var isObject: Bool
        /// How many values have begun in it.
        var count = 0
        /// The tape index of the latest member name; 0 before there is one.
        var name = 0
    }

    let base: UnsafeRawPointer
    let end: Int
    let limits: JSONLimits
    var at = 0
    var tape: [JSONTapeEntry] = []
    var open: [Frame] = []
    var isCompact = true

    /// The buffer must outlive the parser.
    init(_ buffer: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        base = UnsafeRawPointer(buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped)
        end = buffer.count
        self.limits = limits
        tape.reserveCapacity(min(buffer.count / 12 + 16, limits.maximumNodes))
        open.reserveCapacity(min(limits.maximumDepth, 64))
    }

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    mutating func parseDocument() throws(JSONError) {
        if end >= 3, byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF { throw failure(.byteOrderMark) }
        skipWhiteSpace()
        guard at < end else { throw failure(.emptyInput) }
        var valueIsNext = try beginValue()
        while !open.isEmpty {
            if !valueIsNext {
                skipWhiteSpace()
                guard at < end else { throw failure(.unexpectedEnd) }
                let isObject = open[open.count - 1].isObject
                switch byte(at) {
                case UInt8(ascii: ","):
                    at += 1
                    skipWhiteSpace()
                    if isObject { try memberName() }
                case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
                    try close()
                    continue
                default:
                    throw failure(.unexpectedByte)
                }
            }
            valueIsNext = try beginValue()
        }
        skipWhiteSpace()
        guard at == end else { throw failure(.trailingContent) }
    }

    /// Reads a scalar or opens a container. True when a container was opened and the place of its first value reached.
    private mutating func beginValue() throws(JSONError) -> Bool {
        guard at < end else { throw failure(.unexpectedEnd) }
        if !open.isEmpty { open[open.count - 1].count += 1 }
        let start = at
        switch byte(at) {
        case UInt8(ascii: "\""):
            at += 1
            let escapes = try scanString()
            try append(JSONTapeEntry.meta(.string, escapes: escapes), from: start + 1, to: at - 1)
        case UInt8(ascii: "{"):
            return try openContainer(isObject: true)
        case UInt8(ascii: "["):
            return try openContainer(isObject: false)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try scanNumber()
            try append(JSONTapeEntry.meta(.number), from: start, to: at)
        case UInt8(ascii: "t"):
            try literal("true", .true)
        case UInt8(ascii: "f"):
            try literal("false", .false)
        case UInt8(ascii: "n"):
            try literal("null", .null)
        case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "N"), UInt8(ascii: "I"):
            throw failure(.invalidNumber)
        default:
            throw failure(.unexpectedByte)
        }
        return false
    }

    private mutating func openContainer(isObject: Bool) throws(JSONError) -> Bool {
        guard open.count < limits.maximumDepth else { throw failure(.tooDeep) }
        open.append(Frame(container: tape.count, isObject: isObject))
        try append(JSONTapeEntry.meta(isObject ? .object : .array), from: at, to: at)
        at += 1
        skipWhiteSpace()
        guard at < end else { throw failure(.unexpectedEnd) }
        if byte(at) == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            try close()
            return false
        }
        if isObject { try memberName() }
        return true
    }

    /// Closes the innermost container; `at` is on its bracket.
    private mutating func close() throws(JSONError) {
        let frame = open[open.count - 1]
        at += 1
        tape[frame.container].end = UInt32(truncatingIfNeeded: at)
        tape[frame.container].next = UInt32(truncatingIfNeeded: tape.count)
        tape[frame.container].meta = JSONTapeEntry.meta(frame.isObject ? .object : .array, count: frame.count)
        if frame.isObject, frame.count > 1, let name = duplicateName(in: frame) {
            at = Int(tape[name].start) - 1
            open[open.count - 1].name = name
            throw failure(.duplicateName)
        }
        open.removeLast()
    }

    private mutating func memberName() throws(JSONError) {
        guard at < end else { throw failure(.unexpectedEnd) }
        open[open.count - 1].name = 0
        guard byte(at) == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
        at += 1
        let start = at
        let escapes = try scanString()
        open[open.count - 1].name = tape.count
        let hash = nameHash(from: start, to: at - 1, escapes: escapes)
        try append(JSONTapeEntry.meta(.string, escapes: escapes, name: true), from: start, to: at - 1, next: hash)
        skipWhiteSpace()
        guard at < end else { throw failure(.unexpectedEnd) }
        guard byte(at) == UInt8(ascii: ":") else { throw failure(.unexpectedByte) }
        at += 1
        skipWhiteSpace()
    }

    private mutating func literal(_ word: StaticString, _ kind: JSONNode.Kind) throws(JSONError) {
        let start = at
        for offset in 0..<word.utf8CodeUnitCount {
            guard at < end else { throw failure(.unexpectedEnd) }
            guard byte(at) == word.utf8Start[offset] else { throw failure(.invalidLiteral) }
            at += 1
        }
        try append(JSONTapeEntry.meta(kind), from: start, to: at)
    }

    @inline(__always)
    private mutating func append(
        _ meta: UInt32, from start: Int, to end: Int, next: UInt32? = nil
    ) throws(JSONError) {
        guard tape.count < limits.maximumNodes else { throw failure(.tooManyNodes) }
        tape.append(JSONTapeEntry(
            start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
            next: next ?? UInt32(truncatingIfNeeded: tape.count + 1), meta: meta))
    }

    @inline(__always)
    private mutating func skipWhiteSpace() {
        guard at < end, byte(at) <= 0x20 else { return }
        skipRun()
    }

    /// Skips space, tab, line feed and carriage return, eight spaces at a time where text is indented.
    private mutating func skipRun() {
        let start = at
        while at < end {
            if at + 8 <= end, base.loadUnaligned(fromByteOffset: at, as: UInt64.self) == 0x2020_2020_2020_2020 {
                at += 8
                continue
            }
            let next = byte(at)
            guard next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 else { break }
            at += 1
        }
        if at > start { isCompact = false }
    }
}
