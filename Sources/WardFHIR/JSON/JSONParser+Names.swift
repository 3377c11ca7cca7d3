/// Member names: duplicates, and the path of an error.
extension JSONParser {
    /// How many members may be compared pair by pair; above that they are sorted.
    private static let pairwise = 32

    /// A hash of the decoded bytes of a name: its length and its first and last eight bytes, mixed.
    ///
    /// Not a defence against chosen collisions; `duplicateName` does not need one.
    @inline(__always)
    func nameHash(from start: Int, to end: Int, escapes: Bool) -> UInt32 {
        let raw = UnsafeRawBufferPointer(start: base + start, count: end - start)
        guard escapes else { return Self.hash(raw) }
        return JSONEscapes.withDecoded(raw.assumingMemoryBound(to: UInt8.self)) {
            Self.hash(UnsafeRawBufferPointer($0))
        }
    }

    @inline(__always)
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var value: UInt64 = 0
        if bytes.count >= 8 {
            value = bytes.loadUnaligned(as: UInt64.self) &* 0x9E37_79B9_7F4A_7C15
            value = (value ^ value >> 29) &+ bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        } else {
            for byte in bytes { value = value << 8 | UInt64(byte) }
        }
        value = (value ^ UInt64(truncatingIfNeeded: bytes.count)) &* 0xC2B2_AE3D_27D4_EB4F
        return UInt32(truncatingIfNeeded: value >> 32)
    }

    /// The tape index of a name that stands a second time in the object that is being closed, or nil.
    ///
    /// Small objects compare hashes pair by pair, large ones sort; names of equal hash are ordered by their bytes, so
    /// that names chosen to collide cost a logarithm and nothing worse.
    func duplicateName(in frame: Frame) -> Int? {
        guard frame.count <= Self.pairwise else { return duplicateBySorting(in: frame) }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.pairwise) { hashes in
            var name = frame.container + 1
            for position in 0..<frame.count {
                let hash = tape[name].next
                hashes[position] = hash
                for earlier in 0..<position where hashes[earlier] == hash {
                    if order(self.name(earlier, of: frame), name) == 0 { return name }
                }
                name = Int(tape[name + 1].next)
            }
            return nil
        }
    }

    private func name(_ position: Int, of frame: Frame) -> Int {
        var name = frame.container + 1
        for _ in 0..<position { name = Int(tape[name + 1].next) }
        return name
    }

    private func duplicateBySorting(in frame: Frame) -> Int? {
        var names: [Int] = []
        names.reserveCapacity(frame.count)
        var name = frame.container + 1
        while name < tape.count {
            names.append(name)
            name = Int(tape[name + 1].next)
        }
        names.sort { left, right in
            let (one, two) = (tape[left].next, tape[right].next)
            if one != two { return one < two }
            let order = order(left, right)
            return order != 0 ? order < 0 : left < right
        }
        var found: Int?
        for position in 1..<names.count {
            let (left, right) = (names[position - 1], names[position])
            guard tape[left].next == tape[right].next, order(left, right) == 0 else { continue }
            found = min(found ?? right, right)
        }
        return found
    }

    /// The order of the decoded bytes of two names: negative, zero or positive.
    private func order(_ left: Int, _ right: Int) -> Int {
        withName(left) { one in
            withName(right) { two in
                for position in 0..<min(one.count, two.count) where one[position] != two[position] {
                    return Int(one[position]) - Int(two[position])
                }
                return one.count - two.count
            }
        }
    }

    private func withName<R>(_ name: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let entry = tape[name]
        let raw = UnsafeRawBufferPointer(start: base + Int(entry.start), count: Int(entry.end - entry.start))
            .assumingMemoryBound(to: UInt8.self)
        return entry.hasEscapes ? JSONEscapes.withDecoded(raw, body) : body(raw)
    }

    /// An error here, with the path of the value that is being read.
    func failure(_ code: JSONError.Code, at offset: Int? = nil) -> JSONError {
        var path = ""
        for frame in open {
            if !frame.isObject {
                if frame.count > 0 { path += "/\(frame.count - 1)" }
            } else if frame.name > 0 {
                path += "/" + withName(frame.name) {
                    JSONError.isShowable(name: $0) ? String(decoding: $0, as: UTF8.self) : "*"
                }
            }
        }
        return JSONError(code, offset: offset ?? at, path: path)
    }
}
