/// Repeating elements, and the two aligned arrays of repeating primitives.
///
/// Source: https://hl7.org/fhir/R4/json.html#primitive
extension StructureWalk {
    /// The array of a repeating element, or of the siblings of a repeating primitive.
    mutating func list(_ name: Int, _ found: ResolvedElement, in object: Int, isContained: Bool) {
        let array = name + 1
        let entry = tape[array]
        guard entry.kind == .array else { return report(.structure, "must be an array") }
        guard entry.count > 0 else { return report(.structure, "an array must not be empty") }
        if let max = found.element.max, entry.count > max { report(.structure, "more than \(max) values") }
        if entry.count < found.element.min { report(.required, "fewer than \(found.element.min) values") }
        let last = steps.count - 1
        var partner = Partner(aligned(name, found, in: object), tape)
        if found.isSibling, let count = partner.count, count != entry.count {
            report(.structure, "the array of ids and extensions must be as long as that of the values")
        }
        var child = array + 1
        for position in 0..<entry.count {
            steps[last].position = position
            if tape[child].kind == .null, found.type.kind == .primitive {
                if !partner.hasValue { report(.structure, "null has no counterpart in the other array") }
            } else {
                value(child, found, isContained: isContained)
            }
            partner.advance()
            child = Int(tape[child].next)
        }
        steps[last].position = -1
    }

    /// The array that must be aligned with this one, if it matters: it does for siblings, and where there are nulls.
    private func aligned(_ name: Int, _ found: ResolvedElement, in object: Int) -> Int? {
        guard found.type.kind == .primitive else { return nil }
        let children = name + 2..<name + 2 + tape[name + 1].count
        // The children of an array of scalars stand side by side on the tape.
        guard found.isSibling || children.contains(where: { tape[$0].kind == .null }) else { return nil }
        return withText(name) { text in
            if found.isSibling { return member(UnsafeBufferPointer(rebasing: text[1...]), of: object) }
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { other in
                other[0] = UInt8(ascii: "_")
                for position in 0..<text.count { other[position + 1] = text[position] }
                return member(UnsafeBufferPointer(rebasing: other[...text.count]), of: object)
            }
        }
    }

    /// A place in the other array.
    private struct Partner {
        let count: Int?
        private var child = 0
        private var end = 0
        private let tape: UnsafeBufferPointer<JSONTapeEntry>

        init(_ array: Int?, _ tape: UnsafeBufferPointer<JSONTapeEntry>) {
            self.tape = tape
            guard let array, tape[array].kind == .array else {
                count = nil
                return
            }
            count = tape[array].count
            child = array + 1
            end = Int(tape[array].next)
        }

        var hasValue: Bool { child < end && tape[child].kind != .null }

        mutating func advance() {
            if child < end { child = Int(tape[child].next) }
        }
    }
}
