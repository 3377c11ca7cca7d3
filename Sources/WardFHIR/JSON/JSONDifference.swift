/// The comparison of two values without loss: member order, number lexemes and decoded strings must agree.
public enum JSONDifference {
    /// The path of the first difference, such as `name[0].given[1]`, or nil if there is none.
    ///
    /// - Parameter ignored: members left out on both sides, as dotted names from the top without array indices
    ///   (`meta`, `entry.resource.id`); with `**.` before it, at any depth (`**.reference`).
    /// - Returns: the path, with `(self)` for the top; never a value.
    public static func first(_ left: JSONNode, _ right: JSONNode, ignoring ignored: [String] = []) -> String? {
        var comparison = Comparison(ignored: ignored.map(Pattern.init))
        return comparison.agrees(left, right) ? nil : comparison.path
    }

    private struct Pattern {
        let names: [String]
        let isAnywhere: Bool

        init(_ text: String) {
            isAnywhere = text.hasPrefix("**.")
            names = (isAnywhere ? text.dropFirst(3) : text[...]).split(separator: ".").map(String.init)
        }

        func matches(_ parents: [String], _ name: JSONNode) -> Bool {
            guard let last = names.last, name.equals(last) else { return false }
            let above = names.dropLast()
            return isAnywhere ? parents.suffix(above.count).elementsEqual(above) : parents.elementsEqual(above)
        }
    }

    private struct Comparison {
        enum Step { case name(String), index(Int) }
        let ignored: [Pattern]
        var steps: [Step] = []
        var names: [String] = []

        var path: String {
            var text = ""
            for step in steps {
                switch step {
                case .name(let name): text += text.isEmpty ? name : "." + name
                case .index(let index): text += "[\(index)]"
                }
            }
            return text.isEmpty ? "(self)" : text
        }

        /// Leaves the steps to the difference in place when there is one.
        mutating func agrees(_ left: JSONNode, _ right: JSONNode) -> Bool {
            guard left.kind == right.kind else { return false }
            switch left.kind {
            case .object: return membersAgree(left, right)
            case .array:
                for (index, pair) in zip(left.elements, right.elements).enumerated() {
                    steps.append(.index(index))
                    guard agrees(pair.0, pair.1) else { return false }
                    steps.removeLast()
                }
                return left.count == right.count
            case .string, .number:
                return left.withUTF8 { one in right.withUTF8 { JSONEscapes.same(one, $0) } } == true
            case .true, .false, .null: return true
            }
        }

        private mutating func membersAgree(_ left: JSONNode, _ right: JSONNode) -> Bool {
            var others = right.members.makeIterator()
            for member in left.members where !isIgnored(member.name) {
                steps.append(.name(shown(member.name)))
                guard let other = nextKept(&others), agree(member.name, other.name) else { return false }
                names.append(member.name.string ?? "")
                guard agrees(member.value, other.value) else { return false }
                names.removeLast()
                steps.removeLast()
            }
            guard let extra = nextKept(&others) else { return true }
            steps.append(.name(shown(extra.name)))
            return false
        }

        private func agree(_ left: JSONNode, _ right: JSONNode) -> Bool {
            left.withUTF8 { one in right.withUTF8 { JSONEscapes.same(one, $0) } } == true
        }

        private func nextKept(_ members: inout JSONMembers.Iterator) -> JSONMembers.Element? {
            while let member = members.next() {
                if !isIgnored(member.name) { return member }
            }
            return nil
        }

        private func isIgnored(_ name: JSONNode) -> Bool {
            ignored.contains { $0.matches(names, name) }
        }

        private func shown(_ name: JSONNode) -> String {
            name.withUTF8 { JSONError.isShowable(name: $0) ? String(decoding: $0, as: UTF8.self) : "*" } ?? "*"
        }
    }
}
