/// Names and text on the tape, and the path of an issue.
extension StructureWalk {
    /// The decoded bytes of a string, or the lexeme of a number.
    @inline(__always)
    func withText<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let entry = tape[index]
        let raw = UnsafeBufferPointer(rebasing: bytes[Int(entry.start)..<Int(entry.end)])
        return entry.hasEscapes ? JSONEscapes.withDecoded(raw, body) : body(raw)
    }

    func isName(_ index: Int, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { expected in withText(index) { JSONEscapes.same($0, expected) } }
    }

    /// The tape index of the value of a member, or nil.
    func member(_ name: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        var index = object + 1
        let end = Int(tape[object].next)
        while index < end {
            if withText(index, { JSONEscapes.same($0, name) }) { return index + 1 }
            index = Int(tape[index + 1].next)
        }
        return nil
    }

    func member(_ name: StaticString, of object: Int) -> Int? {
        name.withUTF8Buffer { member($0, of: object) }
    }

    /// Adds an issue at the element that is being looked at, or at a child of it.
    mutating func report(_ code: IssueType, _ message: String, at child: String? = nil) {
        guard issues.count < StructureValidator.maximumIssues else { return }
        var path = root
        for step in steps {
            path += "."
            path += withText(step.name) { name in
                guard JSONError.isShowable(name: name) else { return "*" }
                return String(decoding: step.isSibling ? name[1...] : name[...], as: UTF8.self)
            }
            if step.position >= 0 { path += "[\(step.position)]" }
        }
        if let child { path += "." + child }
        issues.append(ValidationIssue(code: code, path: path, message: message))
    }
}
