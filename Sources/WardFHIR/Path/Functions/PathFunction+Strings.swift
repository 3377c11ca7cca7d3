extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#string-manipulation
    static let strings: [PathFunction] = [
        PathFunction("length", 0...0) { (call) throws(FHIRPathError) in
            try call.text().map { [.integer($0.unicodeScalars.count)] } ?? []
        },
        PathFunction("startsWith", 1...1) { (call) throws(FHIRPathError) in
            try test(call) { $0.utf8.starts(with: $1.utf8) }
        },
        PathFunction("endsWith", 1...1) { (call) throws(FHIRPathError) in
            try test(call) { $0.utf8.reversed().starts(with: $1.utf8.reversed()) }
        },
        PathFunction("contains", 1...1) { (call) throws(FHIRPathError) in
            try test(call) { position(of: $1, in: $0) != nil }
        },
        PathFunction("indexOf", 1...1) { (call) throws(FHIRPathError) in
            guard let text = try call.text(), let part = try call.text(0) else { return [] }
            return [.integer(position(of: part, in: text) ?? -1)]
        },
        PathFunction("substring", 1...2) { (call) throws(FHIRPathError) in
            guard let text = try call.text(), let start = try call.integer(0) else { return [] }
            let scalars = Array(text.unicodeScalars)
            guard scalars.indices.contains(start) else { return [] }
            let length = call.arguments.count > 1 ? try call.integer(1) ?? scalars.count : scalars.count
            return [.string(string(scalars.dropFirst(start).prefix(max(0, length))))]
        },
        PathFunction("upper", 0...0) { (call) throws(FHIRPathError) in
            try call.text().map { [.string($0.uppercased())] } ?? []
        },
        PathFunction("lower", 0...0) { (call) throws(FHIRPathError) in
            try call.text().map { [.string($0.lowercased())] } ?? []
        },
        PathFunction("trim", 0...0) { (call) throws(FHIRPathError) in
            guard let text = try call.text() else { return [] }
            let start = text.drop(while: \.isWhitespace)
            return [.string(String(start.reversed().drop(while: \.isWhitespace).reversed()))]
        },
        PathFunction("toChars", 0...0) { (call) throws(FHIRPathError) in
            try call.text().map { $0.unicodeScalars.map { .string(String(Character($0))) } } ?? []
        },
        PathFunction("replace", 2...2) { (call) throws(FHIRPathError) in
            guard let text = try call.text(),
                let part = try call.text(0),
                let other = try call.text(1)
            else { return [] }
            return [.string(replace(part, by: other, in: text))]
        },
        PathFunction("split", 1...1) { (call) throws(FHIRPathError) in
            guard let text = try call.text(), let separator = try call.text(0) else { return [] }
            return pieces(of: text, separatedBy: separator).map { .string($0) }
        },
        PathFunction("join", 0...1) { (call) throws(FHIRPathError) in
            let separator = call.arguments.isEmpty ? "" : try call.text(0) ?? ""
            var texts: [String] = []
            for value in call.input { texts.append(try [value].text(call.name) ?? "") }
            return texts.isEmpty ? [] : [.string(texts.joined(separator: separator))]
        },
    ]

    private static func test(
        _ call: PathCall, _ isTrue: (String, String) -> Bool
    ) throws(FHIRPathError) -> [PathValue] {
        guard let text = try call.text(), let part = try call.text(0) else { return [] }
        return [.boolean(isTrue(text, part))]
    }

    /// In Unicode scalars.
    private static func position(of part: String, in text: String) -> Int? {
        position(of: Array(part.unicodeScalars), in: Array(text.unicodeScalars)[...])
    }

    private static func position(of part: [Unicode.Scalar], in text: ArraySlice<Unicode.Scalar>) -> Int? {
        if part.isEmpty { return text.startIndex }
        var start = text.startIndex
        while start + part.count <= text.endIndex {
            if text[start..<start + part.count].elementsEqual(part) { return start }
            start += 1
        }
        return nil
    }

    private static func pieces(of text: String, separatedBy separator: String) -> [String] {
        let part = Array(separator.unicodeScalars)
        var rest = Array(text.unicodeScalars)[...]
        if part.isEmpty { return rest.map { String(Character($0)) } }
        var result: [String] = []
        while let found = position(of: part, in: rest) {
            result.append(string(rest[..<found]))
            rest = rest[(found + part.count)...]
        }
        return result + [string(rest)]
    }

    private static func replace(_ part: String, by other: String, in text: String) -> String {
        let joined = pieces(of: text, separatedBy: part).joined(separator: other)
        return part.isEmpty ? other + joined + other : joined
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
