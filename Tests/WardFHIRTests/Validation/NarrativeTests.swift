import Testing
import WardFHIR

/// Source: https://hl7.org/fhir/R4/narrative.html, invariants txt-1 and txt-2
@Suite struct NarrativeTests {
    private static let validator = StructureValidator(.r4)

    private func fault(_ xhtml: String) throws -> String? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("resourceType")
        writer.string("Basic")
        writer.name("code")
        writer.raw(Array("{\"text\":\"x\"}".utf8))
        writer.name("text")
        writer.beginObject()
        writer.name("status")
        writer.string("generated")
        writer.name("div")
        writer.string(xhtml)
        writer.endObject()
        writer.endObject()
        let issues = Self.validator.validate(try JSONDocument(parsing: writer.bytes).root)
        #expect(issues.count <= 1)
        #expect(issues.allSatisfy { $0.path == "Basic.text.div" })
        return issues.first?.message
    }

    private func div(_ inside: String) -> String {
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(inside)</div>"
    }

    @Test(arguments: [
        "x", "<p>a<br/>b</p>", "<img src='#a' alt=\"b\"/>", "&#160;&amp;&lt;", "<!-- note --> x", "é <b>日本</b>",
        "<a href=\"https://a.b/?c=d&amp;e\">x</a>",
        "<table><tr><td colspan=\"2\" style=\"color: red\">x</td></tr></table>",
        "<img src=\"data:image/png;base64,AAAA\"/>", "<div>x<div>y</div></div>", "<a name = 'x' >t</a >",
    ])
    func valid(_ inside: String) throws {
        #expect(try fault(div(inside)) == nil)
        #expect(try fault("\n \(div(inside)) \n") == nil)
    }

    @Test(arguments: [
        "<script>x</script>", "<p onclick=\"x\">y</p>", "<a href=\"javascript:x\">y</a>",
        "<a href=\" JaVa&#9;Script:x\">y</a>",
        "<a href=\"&#106;avascript:x\">y</a>", "<a href=\"vbscript:x\">y</a>", "<a href=\"data:text/html,x\">y</a>",
        "<img src=\"data:image/svg+xml,x\"/>", "<iframe src=\"x\"/>", "<object>x</object>", "<form>x</form>",
        "<svg>x</svg>",
        "<style>x</style>", "<link href=\"x\"/>", "<base href=\"x\"/>", "<meta name=\"x\"/>", "<input value=\"x\"/>",
        "<p style=\"background:url(javascript:x)\">y</p>", "<p style=\"width: EXPRESSION (x)\">y</p>", "<P>x</P>",
        "<!--><script>x</script>-->", "<!-- a -- b -->x", "<!---> x -->", "<![CDATA[x]]>", "<?php x ?>",
        "<!DOCTYPE x>x",
        "<p>x", "x</p>", "<p><b>x</p></b>", "<p class=x>y</p>", "<p class>y</p>", "<p class=\"a\"id=\"b\">y</p>",
        "<p id=\"a\" id=\"b\">y</p>", "<p id=\"a<b\">y</p>", "a & b", "&nbsp;", "&#0;", "&#x110000;", "&#xD800;", "&#;",
        "a < b", "< p>x</p>", "", "  \n ", "<p> </p>", "<p", "<p class=\"a", "<!-- x", "<x:p>y</x:p>",
        "<p xmlns=\"http://www.w3.org/2000/svg\">y</p>", "&lt", "<br/ >x",
    ])
    func invalid(_ inside: String) throws {
        #expect(try fault(div(inside)) != nil, "\(inside)")
    }

    @Test(arguments: [
        "x", "<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>", "<div>x</div>", "<div xmlns=\"http://a\">x</div>",
        "<divx xmlns=\"http://www.w3.org/1999/xhtml\">x</divx>", "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>y", "<div xmlns=\"http://www.w3.org/1999/xhtml\">x",
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div><div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>",
    ])
    func invalidRoot(_ xhtml: String) throws {
        #expect(try fault(xhtml) != nil)
    }
}
