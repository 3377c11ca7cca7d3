/// How people turn a common password into one that looks like another: digits and signs around it, signs in place of
/// letters, the same word twice. What is left when that is undone is looked up.
enum PasswordShape {
    /// The words to look up for a password in lower case: itself, and what it is made of.
    static func candidates(in folded: String) -> Set<String> {
        var found: Set<String> = [folded]
        for form in [folded, withLetters(folded)] {
            found.insert(form)
            let core = core(of: form)
            for word in [form, core] where word.count >= 4 {
                found.insert(word)
                if let part = repeated(word) { found.insert(part) }
            }
        }
        // The core before signs become letters: `p@ssw0rd1234!` is `p@ssw0rd`, which is `password`.
        let plain = core(of: folded)
        if plain.count >= 4 { found.insert(withLetters(plain)) }
        return found
    }

    /// The words of a phrase that is one or two words over and over, whatever stands between them, each with what it is made of; empty where
    /// it is none.
    static func repeatedWords(in folded: String) -> [Set<String>] {
        for form in [folded, withLetters(folded)] {
            let words = form.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            let different = Set(words)
            if different.count <= 2, words.count > different.count { return different.map { candidates(in: $0) } }
        }
        return []
    }

    /// Whether each character is the one after, or the one before, its neighbour: `abcdefghijklmno`,
    /// `987654321098765`.
    static func isSequence(_ scalars: [Unicode.Scalar]) -> Bool {
        let values = scalars.map { Int64($0.value) }
        return [1, -1].contains { step in
            zip(values, values.dropFirst()).allSatisfy { $1 - $0 == step || wraps($0, $1, step) }
        }
    }

    /// From 9 to 0, from 0 to 9.
    private static func wraps(_ left: Int64, _ right: Int64, _ step: Int64) -> Bool {
        step == 1 ? left == 0x39 && right == 0x30 : left == 0x30 && right == 0x39
    }

    /// Without the digits and signs at both ends.
    private static func core(of text: String) -> String {
        let isEdge: (Character) -> Bool = { !$0.isLetter }
        let head = text.drop(while: isEdge)
        guard let last = head.lastIndex(where: { !isEdge($0) }) else { return "" }
        return String(head[...last])
    }

    /// The part that is repeated to make the whole, if there is one.
    private static func repeated(_ text: String) -> String? {
        let characters = Array(text)
        for length in stride(from: 1, through: characters.count / 2, by: 1) where characters.count % length == 0 {
            let part = characters[..<length]
            let isWhole = characters.indices.allSatisfy { characters[$0] == part[$0 % length] }
            if isWhole { return length >= 4 ? String(part) : nil }
        }
        return nil
    }

    private static func withLetters(_ text: String) -> String { String(text.map { letters[$0] ?? $0 }) }

    private static let letters: [Character: Character] = [
        "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
    ]
}
