import Testing

@testable import WardIdentity

@Suite("RFC 8265 names")
struct UserNameTests {
    @Test(
        "names", arguments: ["a", "ada", "Ada.Lovelace", "ada@example.org", "7of9", "josé", "Ünal", "山田", "o_b-c+d"])
    func accepted(text: String) throws {
        #expect(try #require(UserName(text)).text == text)
    }

    @Test(
        "not names",
        arguments: [
            "", " ada", "ada ", "a b", ".ada", "@", "ada\n", "ada\0", "a/b", "a:b", "ａｄａ", "ﬁn", "a\u{200B}b",
            "\u{301}a", String(repeating: "a", count: 65), String(repeating: "a", count: 10_000),
        ])
    func refused(text: String) {
        #expect(UserName(text) == nil)
    }

    @Test("case and composition make no other name")
    func folded() throws {
        let composed = try #require(UserName("JOS\u{C9}"))
        let decomposed = try #require(UserName("jose\u{301}"))
        #expect(composed.folded == decomposed.folded)
        #expect(try #require(UserName("ADA")).folded == "ada")
    }
}
