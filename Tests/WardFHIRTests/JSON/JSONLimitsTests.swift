import Testing
import WardFHIR

@Suite struct JSONLimitsTests {
    private func refusal(_ text: String, _ limits: JSONLimits = .standard) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test func depth() {
        #expect(refusal(nested(64)) == nil)
        #expect(refusal(nested(65)) == .tooDeep)
        #expect(refusal(String(repeating: "[", count: 1_000_000)) == .tooDeep)
        #expect(refusal(String(repeating: "{\"a\":", count: 100)) == .tooDeep)
        #expect(refusal(nested(3), JSONLimits(maximumDepth: 2)) == .tooDeep)
    }

    @Test func bytes() {
        #expect(refusal("[1,2]", JSONLimits(maximumBytes: 5)) == nil)
        #expect(refusal("[1,2]", JSONLimits(maximumBytes: 4)) == .tooLarge)
    }

    @Test func nodes() {
        #expect(refusal("{\"a\":[1]}", JSONLimits(maximumNodes: 4)) == nil)
        #expect(refusal("{\"a\":[1]}", JSONLimits(maximumNodes: 3)) == .tooManyNodes)
    }
}
