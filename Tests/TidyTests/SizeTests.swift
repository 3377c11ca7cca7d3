import Testing

@Suite("Tidy: sizes")
struct SizeTests {
    let sources = SourceTree.project.swift(in: "Sources") + SourceTree.project.swift(in: "Tests")

    @Test("No Swift file has more than 500 lines")
    func files() {
        #expect(!sources.isEmpty)
        #expect(sources.filter { $0.lines.count > 501 }.map { "\($0.path): \($0.lines.count) lines" } == [])
    }

    @Test("No line has more than 150 columns; 120 is the measure, and the count of longer ones is printed")
    func columns() {
        var found: [String] = []
        var long = 0
        for file in sources {
            long += file.lines.count { $0.count > 120 }
            for (index, line) in file.lines.enumerated() where line.count > 150 {
                found.append(untidy(file, index, "\(line.count) columns"))
            }
        }
        print("\(long) lines of more than 120 columns")
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
