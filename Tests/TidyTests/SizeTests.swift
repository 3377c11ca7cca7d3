import Testing

@Suite("Tidy: sizes")
struct SizeTests {
    let sources = SourceTree.project.swift(in: "Sources") + SourceTree.project.swift(in: "Tests")

    @Test("No Swift file has more than 500 lines")
    func files() {
        #expect(!sources.isEmpty)
        #expect(sources.filter { $0.lines.count > 501 }.map { "\($0.path): \($0.lines.count) lines" } == [])
    }

    @Test("No line has more than 140 columns")
    func columns() {
        var found: [String] = []
        for file in sources {
            for (index, line) in file.lines.enumerated() where line.count > 140 {
                found.append(untidy(file, index, "\(line.count) columns"))
            }
        }
        #expect(found == [])
    }

    @Test("No function of the sources has 70 lines or more")
    func functions() {
        var found: [String] = []
        for file in SourceTree.project.swift(in: "Sources") {
            var open: [(indent: Int, start: Int)] = []
            for (index, line) in file.lines.enumerated() {
                let indent = line.prefix { $0 == " " }.count
                let words = line.dropFirst(indent)
                if words.contains("func ") || words.contains("init(") || words.contains("init?("), words.hasSuffix("{"),
                    !words.hasPrefix("//"), !words.hasPrefix("if"), !words.hasPrefix("guard"), !words.hasPrefix("}") {
                    open.append((indent, index))
                } else if words == "}", let last = open.last, last.indent == indent {
                    open.removeLast()
                    if index - last.start + 1 >= 70 {
                        found.append(untidy(file, last.start, "a function of \(index - last.start + 1) lines"))
                    }
                }
            }
        }
        #expect(found == [])
    }
}
