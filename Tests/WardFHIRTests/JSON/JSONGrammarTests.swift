import Testing
import WardFHIR

/// RFC 8259, in the spirit of JSONTestSuite: what must be read and what must be refused.
@Suite struct JSONGrammarTests {
    @Test(arguments: [
        "null", "true", "false", " true ", "\t\r\n0\n", "0", "-0", "-1", "1.50", "1E5", "1e+5", "1.0e-10", "0.0",
        "0e0", "123456789012345678901234567890.123456789012345678901234567890", "-1.5E-3", "\"\"", "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\u0000\"", "\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\"",
        "\"\u{7F}\"", "\"é\"", "\"日本語の文章\"", "\"😀\"", "\"\u{FFFF}\"", "\"\u{10FFFF}\"", "[]", "[ ]", "{}", "{ }",
        "[1]", "[ 1 , 2 ]", "[[],[[]],{}]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":1}",
        "{\"a\":{\"a\":{\"a\":1}}}", "{\"a\":1,\"A\":2}", "[null,null]", "{\"\\u0061\":1,\"b\":2}", "\"\\\\\\\"\"",
        "\"seven..\"", "\"exactly8\"", "\"more than eight\"", "\"0123456é\"", "\"01234567é89\"",
    ])
    func accepts(_ text: String) throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        let again = try JSONDocument(parsing: document.root.serialized())
        #expect(JSONDifference.first(document.root, again.root) == nil)
    }

    @Test(arguments: [
        ("", .emptyInput), ("  \n", .emptyInput), ("\u{FEFF}{}", .byteOrderMark), ("nul", .unexpectedEnd),
        ("nulL", .invalidLiteral), ("True", .unexpectedByte), ("truE", .invalidLiteral), ("NaN", .invalidNumber),
        ("Infinity", .invalidNumber), ("-Infinity", .invalidNumber), ("+1", .invalidNumber), (".5", .invalidNumber),
        ("-.5", .invalidNumber), ("01", .invalidNumber), ("-01", .invalidNumber), ("00", .invalidNumber),
        ("1.", .unexpectedEnd), ("1.]", .invalidNumber), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
        ("1.e1", .invalidNumber), ("-", .unexpectedEnd), ("--1", .invalidNumber), ("0x1", .trailingContent),
        ("1 2", .trailingContent), ("{}{}", .trailingContent), ("[]]", .trailingContent), ("1.2.3", .trailingContent),
        ("{} //x", .trailingContent), ("/**/1", .unexpectedByte), ("\u{C}1", .unexpectedByte),
        ("\u{A0}1", .unexpectedByte), ("'a'", .unexpectedByte), ("\"a", .unexpectedEnd), ("\"", .unexpectedEnd),
        ("\"\\\"", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\x41\"", .invalidEscape),
        ("\"\\'\"", .invalidEscape),
        ("\"\\U0041\"", .invalidEscape), ("\"\\u00G0\"", .invalidEscape), ("\"\\u004", .unexpectedEnd),
        ("\"\n\"", .controlCharacter), ("\"\t\"", .controlCharacter), ("\"\u{0}\"", .controlCharacter),
        ("\"0123456\u{1F}\"", .controlCharacter), ("\"\\uD800\"", .loneSurrogate), ("\"\\uDC00\"", .loneSurrogate),
        ("\"\\uD800\\u0041\"", .loneSurrogate), ("\"\\uD800x\"", .loneSurrogate),
        ("\"\\uDE00\\uD83D\"", .loneSurrogate),
        ("\"\\uD83D\\uD83D\"", .loneSurrogate), ("[", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd),
        ("[1,", .unexpectedEnd), ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte),
        ("[1}", .unexpectedByte), ("{]", .unexpectedByte), ("{\"a\"}", .unexpectedByte), ("{\"a\":}", .unexpectedByte),
        ("{\"a\":1,}", .unexpectedByte), ("{,}", .unexpectedByte),
        ("{a:1}", .unexpectedByte), ("{1:1}", .unexpectedByte),
        ("{\"a\" 1}", .unexpectedByte), ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{\"a\"", .unexpectedEnd),
        ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd), ("]", .unexpectedByte), (",", .unexpectedByte),
        ("{\"a\":1,\"a\":2}", .duplicateName), ("{\"a\":1,\"\\u0061\":2}", .duplicateName),
        ("{\"\":1,\"\":1}", .duplicateName), ("[{\"x\":{\"é\":1,\"\\u00e9\":1}}]", .duplicateName),
    ] as [(String, JSONError.Code)])
    func refuses(_ text: String, _ code: JSONError.Code) {
        #expect(refusal(of: Array(text.utf8))?.code == code)
    }

    @Test(arguments: [
        [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFE], [0xC3, 0xA9, 0xC3],
    ] as [[UInt8]])
    func refusesBadUTF8(_ sequence: [UInt8]) {
        for padding in 0..<9 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + sequence + [0x22]
            #expect(refusal(of: text)?.code == .invalidUTF8)
            #expect(refusal(of: text.dropLast())?.code == .invalidUTF8)
        }
    }

    @Test func refusesUTF16() {
        #expect(refusal(of: [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00])?.code == .unexpectedByte)
        #expect(refusal(of: [0x5B, 0x00, 0x5D, 0x00])?.code == .unexpectedByte)
    }

    @Test func namesThePlaceAndNeverTheValue() throws {
        let text = #"{"name":[{"family":"A"},{"given":["B", "secret\x"]}]}"#
        let error = try #require(refusal(of: Array(text.utf8)))
        #expect(error.path == "/name/1/given/1")
        #expect(error.offset == 46)
        #expect(!"\(error)".contains("secret"))
    }

    @Test func hidesNamesThatAreNoElementNames() throws {
        let text = #"{"John Smith":{"given":{"x":1,"x":2}},"y":0}"#
        let error = try #require(refusal(of: Array(text.utf8)))
        #expect(error.path == "/*/given/x")
        #expect(error.offset == 30)
        let long = "{\"" + String(repeating: "a", count: 49) + "\":[1,x]}"
        #expect(refusal(of: Array(long.utf8))?.path == "/*/1")
    }

    @Test func findsDuplicatesAmongManyNames() throws {
        let names = (0..<20_000).map { "\"n\($0)\":\($0)" }
        #expect(refusal(of: Array("{\(names.joined(separator: ","))}".utf8)) == nil)
        let twice = names + ["\"n17\":0", "\"m\":1"]
        let error = try #require(refusal(of: Array("{\(twice.joined(separator: ","))}".utf8)))
        #expect(error.code == .duplicateName)
        #expect(error.path == "/n17")
    }

    @Test func survivesNamesChosenToCollide() throws {
        // The hash sees the first and last eight bytes and the length: these 4,000 names share them.
        let names = (1000..<5000).map { "\"abcdefgh\($0)ijklmnop\":0" }
        #expect(refusal(of: Array("{\(names.joined(separator: ","))}".utf8)) == nil)
        let error = refusal(of: Array("{\(names.joined(separator: ",")),\(names[7])}".utf8))
        #expect(error?.code == .duplicateName)
        let few = names.prefix(30).joined(separator: ",")
        #expect(refusal(of: Array("{\(few)}".utf8)) == nil)
        #expect(refusal(of: Array("{\(few),\(names[0])}".utf8))?.code == .duplicateName)
    }

    private func refusal(of bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }
}
