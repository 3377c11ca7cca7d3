import Testing
import WardFHIR

@Suite struct JSONWriterTests {
    @Test func writesEveryKindOfValue() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("a")
        writer.beginArray()
        writer.string("x")
        writer.number(-3)
        writer.bool(true)
        writer.null()
        writer.raw(Array("1.50".utf8))
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.name("b\"")
        writer.node(try JSONDocument(parsing: Array("[ 1 ]".utf8)).root)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self)
            == #"{"a":["x",-3,true,null,1.50,{},[]],"b\"":[1]}"#)
    }

    @Test func quotedTextComesBack() throws {
        let every = String(String.UnicodeScalarView((0..<0x250).compactMap(Unicode.Scalar.init))) + "😀\u{2028}"
        let document = try JSONDocument(parsing: JSONWriter.quoted(every))
        #expect(document.root.string == every)
        #expect(JSONWriter.quoted("a\u{1}\u{1F}\u{8}\u{C}\n\r\t\"\\") == Array(#""a\u0001\u001f\b\f\n\r\t\"\\""#.utf8))
    }

    @Test func printsNoContent() {
        var writer = JSONWriter()
        writer.string("A")
        var text = "\(writer)"
        dump(writer, to: &text)
        #expect(text.contains("JSONWriter(3 bytes)"))
        #expect(!text.contains("65"))
    }
}
