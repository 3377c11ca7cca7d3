/// Whether text is a narrative: one well-formed XHTML `div` of the permitted elements and attributes, with content, and
/// with nothing that a browser would run.
///
/// Source: https://hl7.org/fhir/R4/narrative.html, invariants txt-1 and txt-2
struct XHTMLCheck {
    /// What is wrong, in words.
    struct Fault: Error {
        let words: String
        init(_ words: String) { self.words = words }
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var open: [Range<Int>] = []
    private var hasContent = false

    /// What is wrong with the text, or nil.
    static func fault(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        var check = XHTMLCheck(text: text)
        do throws(Fault) {
            try check.document()
            return nil
        } catch {
            return error.words
        }
    }

    private init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    private mutating func document() throws(Fault) {
        skipSpace()
        guard starts(with: "<div"), !(at + 4 < text.count && isNameByte(text[at + 4])) else {
            throw Fault("it must be a div")
        }
        repeat {
            if peek == UInt8(ascii: "<") { try markup() } else { try characters() }
        } while !open.isEmpty
        skipSpace()
        guard at == text.count else { throw Fault("something follows the div") }
        guard hasContent else { throw Fault("it has no content") }
    }

    private var peek: UInt8? { at < text.count ? text[at] : nil }

    /// Text up to the next tag.
    private mutating func characters() throws(Fault) {
        guard at < text.count else { throw Fault("an element is not closed") }
        while let byte = peek, byte != UInt8(ascii: "<") {
            if byte == UInt8(ascii: "&") {
                _ = try reference()
                hasContent = true
                continue
            }
            guard byte >= 0x20 || isSpace(byte) else { throw Fault("control character") }
            if !isSpace(byte) { hasContent = true }
            at += 1
        }
    }

    private mutating func markup() throws(Fault) {
        if starts(with: "</") { return try closeTag() }
        if starts(with: "<!--") { return try comment() }
        guard !starts(with: "<!"), !starts(with: "<?") else {
            throw Fault("declarations, CDATA and processing instructions are not allowed")
        }
        try openTag()
    }

    private mutating func openTag() throws(Fault) {
        at += 1
        let name = try name()
        let element = string(name)
        guard XHTMLNames.elements.contains(element) else { throw Fault("an element is not permitted") }
        if element == "img" { hasContent = true }
        var seen: [Range<Int>] = []
        var hasNamespace = false
        while true {
            let before = at
            skipSpace()
            guard let byte = peek else { throw Fault("a tag is not closed") }
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") { break }
            guard at > before else { throw Fault("attributes must stand apart") }
            let attribute = try self.name()
            guard !seen.contains(where: { same($0, attribute) }) else { throw Fault("an attribute stands twice") }
            guard seen.count < 32 else { throw Fault("an element has too many attributes") }
            seen.append(attribute)
            if try self.attribute(string(attribute)) { hasNamespace = true }
        }
        guard hasNamespace || !open.isEmpty else { throw Fault("the div has no XHTML namespace") }
        if peek == UInt8(ascii: "/") {
            guard starts(with: "/>") else { throw Fault("a tag is not closed") }
            at += 2
        } else {
            at += 1
            open.append(name)
        }
    }

    /// Reads `="…"` after a name. True if it declares the namespace of XHTML.
    private mutating func attribute(_ name: String) throws(Fault) -> Bool {
        guard XHTMLNames.attributes.contains(name) else { throw Fault("an attribute is not permitted") }
        skipSpace()
        guard peek == UInt8(ascii: "=") else { throw Fault("an attribute has no value") }
        at += 1
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw Fault("the value of an attribute is not quoted")
        }
        at += 1
        // What a browser would read: references resolved, white space and control characters left out, lower case.
        var value: [UInt8] = []
        while let byte = peek, byte != quote {
            guard byte != UInt8(ascii: "<"), byte >= 0x20 || isSpace(byte) else { throw Fault("a tag is not closed") }
            var scalar = UInt32(byte)
            if byte == UInt8(ascii: "&") { scalar = try reference() } else { at += 1 }
            if scalar > 0x20 { value.append(scalar < 0x80 ? lowercased(UInt8(truncatingIfNeeded: scalar)) : 0xFF) }
        }
        guard peek == quote else { throw Fault("a tag is not closed") }
        at += 1
        if name == "xmlns" {
            guard value.elementsEqual("http://www.w3.org/1999/xhtml".utf8) else { throw Fault("a foreign namespace") }
            return true
        }
        if XHTMLNames.addresses.contains(name), isActive(value) { throw Fault("an address is active content") }
        if name == "style", contains(value, "javascript:") || contains(value, "expression(") {
            throw Fault("a style is active content")
        }
        return false
    }

    private func isActive(_ address: [UInt8]) -> Bool {
        address.starts(with: "javascript:".utf8) || address.starts(with: "vbscript:".utf8)
            || (address.starts(with: "data:".utf8) && !address.starts(with: "data:image/".utf8))
            || address.starts(with: "data:image/svg".utf8)
    }

    private mutating func closeTag() throws(Fault) {
        at += 2
        let name = try name()
        skipSpace()
        guard peek == UInt8(ascii: ">") else { throw Fault("a tag is not closed") }
        at += 1
        guard let last = open.popLast(), same(last, name) else { throw Fault("tags do not match") }
    }

    /// A comment. One that begins with `>` or `->` ends there for a browser, and so is refused.
    private mutating func comment() throws(Fault) {
        at += 4
        guard !starts(with: ">"), !starts(with: "->") else { throw Fault("a comment is malformed") }
        while !starts(with: "--") {
            guard at < text.count else { throw Fault("a comment is not closed") }
            at += 1
        }
        guard starts(with: "-->") else { throw Fault("a comment is malformed") }
        at += 3
    }

    /// A reference to a character, from `&` to `;`: numeric, or one of the five that XML knows.
    private mutating func reference() throws(Fault) -> UInt32 {
        let known: [(StaticString, UInt32)] = [
            ("&amp;", 0x26), ("&lt;", 0x3C), ("&gt;", 0x3E), ("&quot;", 0x22), ("&apos;", 0x27),
        ]
        for (reference, scalar) in known where starts(with: reference) {
            at += reference.utf8CodeUnitCount
            return scalar
        }
        guard starts(with: "&#") else { throw Fault("a character reference that XML does not know") }
        at += 2
        let isHex = peek == UInt8(ascii: "x")
        if isHex { at += 1 }
        var value: UInt32 = 0
        let first = at
        while let digit = peek.flatMap(JSONEscapes.digit), isHex || digit < 10, value < 0x11_0000 {
            value = value * (isHex ? 16 : 10) + UInt32(digit)
            at += 1
        }
        guard at > first, peek == UInt8(ascii: ";"), Unicode.Scalar(value) != nil,
            value >= 0x20 || value == 9 || value == 10 || value == 13
        else { throw Fault("a character reference is malformed") }
        at += 1
        return value
    }

    private mutating func name() throws(Fault) -> Range<Int> {
        let start = at
        while let byte = peek, isNameByte(byte) { at += 1 }
        guard at > start else { throw Fault("a name is missing") }
        return start..<at
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        PrimitiveFormat.isLetter(byte) || PrimitiveFormat.isDigit(byte) || byte >= 0x80
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    private func lowercased(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

    private mutating func skipSpace() {
        while let byte = peek, isSpace(byte) { at += 1 }
    }

    private func starts(with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            guard at + prefix.count <= text.count else { return false }
            for offset in 0..<prefix.count where text[at + offset] != prefix[offset] { return false }
            return true
        }
    }

    private func contains(_ value: [UInt8], _ part: String) -> Bool {
        let part = Array(part.utf8)
        guard value.count >= part.count else { return false }
        return (0...value.count - part.count).contains { value[$0...].starts(with: part) }
    }

    private func same(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        text[left].elementsEqual(text[right])
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: text[range], as: UTF8.self)
    }
}
