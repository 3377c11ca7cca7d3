import Testing
import WardFHIR
import WardTesting

/// Texts made by a seeded generator are read and written back; single broken bytes never crash the parser.
@Suite struct JSONRoundTripTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func writtenTextComesBack(seed: UInt64) throws {
        var maker = TextMaker(seed: seed)
        for _ in 0..<25 {
            let (spaced, compact) = maker.value(depth: 0)
            let document = try JSONDocument(parsing: Array(spaced.utf8))
            #expect(document.root.serialized() == Array(compact.utf8))
            #expect(try JSONDocument(parsing: Array(compact.utf8)).root.serialized() == Array(compact.utf8))
            let rebuilt = rebuild(document.root)
            let again = try JSONDocument(parsing: rebuilt)
            #expect(JSONDifference.first(document.root, again.root) == nil)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func damageIsRefusedOrRead(seed: UInt64) {
        var maker = TextMaker(seed: seed)
        for _ in 0..<50 {
            var bytes = Array(maker.value(depth: 0).spaced.utf8)
            for _ in 0..<2 {
                let place = Int.random(in: 0..<bytes.count, using: &maker.random)
                bytes[place] = UInt8.random(in: .min ... .max, using: &maker.random)
            }
            bytes.removeLast(Int.random(in: 0...min(2, bytes.count), using: &maker.random))
            guard let document = try? JSONDocument(parsing: bytes) else { continue }
            let again = try? JSONDocument(parsing: document.root.serialized())
            #expect(again.map { JSONDifference.first(document.root, $0.root) } == .some(nil))
        }
    }

    /// Writes a value anew from what its nodes say.
    private func rebuild(_ node: JSONNode) -> [UInt8] {
        var writer = JSONWriter()
        func write(_ node: JSONNode) {
            switch node.kind {
            case .object:
                writer.beginObject()
                for member in node.members {
                    writer.name(member.name.string ?? "")
                    write(member.value)
                }
                writer.endObject()
            case .array:
                writer.beginArray()
                for element in node.elements { write(element) }
                writer.endArray()
            case .string: writer.string(node.string ?? "")
            case .number: writer.raw(Array((node.lexeme ?? "").utf8))
            case .true, .false: writer.bool(node.bool == true)
            case .null: writer.null()
            }
        }
        write(node)
        return writer.bytes
    }
}

/// Makes JSON texts, each in a spaced and in the compact form.
private struct TextMaker {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func value(depth: Int) -> (spaced: String, compact: String) {
        switch pick(depth > 4 ? 4 : 6) {
        case 0: return same(["true", "false", "null"][pick(3)])
        case 1: return same(["0", "-0", "1.50", "1E5", "-12.0e-3", "98.6", "1e+2", "123456789012345678901"][pick(8)])
        case 2, 3: return same(string())
        case 4: return container("[", "]", pick(6)) { $0.value(depth: depth + 1) }
        default:
            var number = 0
            return container("{", "}", pick(40)) { maker in
                number += 1
                let (value, space) = (maker.value(depth: depth + 2), maker.space())
                let name = maker.string(ending: "-\(number)")
                return (name + space + ":" + space + value.spaced, name + ":" + value.compact)
            }
        }
    }

    private mutating func container(
        _ open: String, _ close: String, _ count: Int, _ make: (inout TextMaker) -> (spaced: String, compact: String)
    ) -> (spaced: String, compact: String) {
        let parts = (0..<count).map { _ in make(&self) }
        let spaced = parts.map { space() + $0.spaced + space() }.joined(separator: ",")
        return (space() + open + (count == 0 ? space() : spaced) + close + space(),
            open + parts.map(\.compact).joined(separator: ",") + close)
    }

    private mutating func string(ending: String = "") -> String {
        let pieces = ["a", "Zz", "é", "日", "😀", "\\n", "\\u00e9", "\\uD83D\\uDE00", "\\\"", "\\\\", "\\/", "{", "]",
            ",", "12345678", " ", "\u{7F}", "\u{FFFD}", "\\u0000"]
        return "\"" + (0..<pick(12)).map { _ in pieces[pick(pieces.count)] }.joined() + ending + "\""
    }

    private mutating func space() -> String {
        ["", "", " ", "\n", "\t", "\r\n", "            "][pick(7)]
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    private func same(_ text: String) -> (String, String) { (text, text) }
}
