public import Foundation

/// Finds identifiers in text by their form, and says of what kind and in which lines: never what they are.
public struct IdentifierScan: Sendable {
    private let forms: [(kind: IdentifierKind, expression: NSRegularExpression)]

    /// Line numbers that are kept of a kind.
    public static let lineBound = 1_000
    /// Bytes of a line that are looked at in one piece; a longer one is looked at in pieces that overlap.
    static let pieceBytes = 1 << 16
    private static let overlap = 256
    private static let chunkBytes = 1 << 20

    /// A scan for some kinds; all unless said otherwise.
    /// - Throws: where a form is no regular expression, which a test excludes.
    public init(_ kinds: [IdentifierKind] = IdentifierKind.allCases) throws {
        forms = try kinds.map { ($0, try NSRegularExpression(pattern: $0.form)) }
    }

    /// What was found.
    public struct Result: Sendable, Equatable {
        /// Lines that were read.
        public var lines = 0
        /// By kind; kinds that were not found are left out.
        public var findings: [IdentifierKind: Finding] = [:]

        /// How often a kind was found.
        public var total: Int { findings.values.reduce(0) { $0 + $1.count } }

        /// How often, and in which lines.
        public struct Finding: Sendable, Equatable {
            public var count = 0
            /// From 1 on; at most ``IdentifierScan/lineBound``.
            public var lines: [Int] = []

            /// A finding; see the properties.
            public init(count: Int = 0, lines: [Int] = []) {
                self.count = count
                self.lines = lines
            }
        }
    }

    /// A file that holds no text: compressed, or another program's form.
    public struct NotText: Error {}

    /// Reads a file from end to end; memory does not grow with it.
    /// - Throws: where it cannot be read; ``NotText`` where it holds bytes that no text has, so that nobody takes it for clean.
    public func scan(file path: String) throws -> Result {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return try scan(file)
    }

    /// Reads an open file from here to its end.
    /// - Throws: as ``scan(file:)``.
    public func scan(_ file: FileHandle) throws -> Result {
        var result = Result()
        var rest: [UInt8] = []
        while let chunk = try file.read(upToCount: Self.chunkBytes), !chunk.isEmpty {
            if chunk.contains(0) { throw NotText() }
            rest += chunk
            guard let end = rest.lastIndex(of: 0x0A) else {
                // A line without end is looked at as far as it goes, so that memory stays flat.
                if rest.count > 8 * Self.chunkBytes {
                    scan(line: rest[...], number: result.lines + 1, into: &result)
                    rest = Array(rest.suffix(Self.overlap))
                }
                continue
            }
            scan(text: rest[...end], into: &result)
            rest.removeFirst(end + 1)
        }
        if !rest.isEmpty { scan(text: rest[...], into: &result) }
        return result
    }

    /// Reads text.
    public func scan(_ text: String) -> Result {
        var result = Result()
        scan(text: Array(text.utf8)[...], into: &result)
        return result
    }

    private func scan(text: ArraySlice<UInt8>, into result: inout Result) {
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.endIndex
            result.lines += 1
            scan(line: text[start..<end], number: result.lines, into: &result)
            start = end + 1
        }
    }

    private func scan(line: ArraySlice<UInt8>, number: Int, into result: inout Result) {
        var start = line.startIndex
        while start < line.endIndex {
            let end = min(start + Self.pieceBytes, line.endIndex)
            scan(piece: PlainText.of(line[start..<end]), number: number, into: &result)
            if end == line.endIndex { return }
            start = end - Self.overlap
        }
    }

    private func scan(piece bytes: [UInt8], number: Int, into result: inout Result) {
        let sketch = LineSketch(bytes)
        let forms = forms.filter { $0.kind.mayBe(in: sketch) }
        guard !forms.isEmpty else { return }
        let piece = String(decoding: bytes, as: UTF8.self)
        let whole = NSRange(piece.startIndex..., in: piece)
        for (kind, expression) in forms {
            let count = expression.matches(in: piece, range: whole).count { match in
                guard let range = Range(match.range, in: piece) else { return false }
                return kind.confirms(piece[range].utf8)
            }
            guard count > 0 else { continue }
            var finding = result.findings[kind] ?? .init()
            finding.count += count
            if finding.lines.last != number, finding.lines.count < Self.lineBound { finding.lines.append(number) }
            result.findings[kind] = finding
        }
    }
}
