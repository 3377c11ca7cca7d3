internal import Synchronization
internal import WardFHIR

extension IndexPolicy {
    /// The list that the first epoch of a home has, which names none.
    public static let first = IndexPolicy.standard

    /// The list in the form in which an epoch keeps it: `1 a,b,c -Type.code,… ~d,…`: form 1, what is allowed, exceptions,
    /// what has trigrams; each sorted.
    public var text: String {
        var parts = ["1", allowed.sorted().joined(separator: ",")]
        if !excepted.isEmpty { parts.append("-" + excepted.sorted().joined(separator: ",")) }
        if !trigrams.isEmpty { parts.append("~" + trigrams.sorted().joined(separator: ",")) }
        return parts.joined(separator: " ")
    }

    /// The list that an epoch keeps; nil stands for that of the first epoch. Fails where another program wrote it in a form
    /// that is not known here.
    public static func of(_ text: String?) -> IndexPolicy? {
        guard let text else { return first }
        if let known = known.withLock({ $0[text] }) { return known }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "1" else { return nil }
        func names(_ part: Substring) -> Set<String> { Set(part.split(separator: ",").map(String.init)) }
        var excepted: Set<String> = []
        var trigrams: Set<String> = []
        for part in parts[2...] {
            switch part.first {
            case "-": excepted = names(part.dropFirst())
            case "~": trigrams = names(part.dropFirst())
            default: return nil
            }
        }
        let made = IndexPolicy(allowed: names(parts[1]), excepted: excepted, trigrams: trigrams)
        known.withLock { $0[text] = made }
        return made
    }

    /// Few: those of the epochs that are there.
    private static let known = Mutex<[String: IndexPolicy]>([:])

    /// The standard list with changes, as a configuration writes them: words such as `+code`, `+Type.code`, `-code`,
    /// `-Type.code`, and `code:contains` for trigrams.
    /// - Throws: ``IndexPolicyError`` that names the word.
    public static func configured(_ changes: String, catalog: SearchCatalog, types: [String]) throws(IndexPolicyError) -> IndexPolicy {
        var allowed = standard.allowed
        var excepted: Set<String> = []
        var trigrams: Set<String> = []
        for word in changes.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let isTrigrams = word.hasSuffix(":contains")
            guard isTrigrams || word.first == "+" || word.first == "-" else {
                throw IndexPolicyError(String(word), "must begin with + or -, or end with :contains")
            }
            let name = String(isTrigrams ? word.dropLast(9) : word.dropFirst())
            let found = parameters(name, catalog, types)
            guard !found.isEmpty else { throw IndexPolicyError(String(word), "is no search parameter that can be searched") }
            let code = found[0].code
            guard !neverAlone.contains(code) else {
                throw IndexPolicyError(String(word), "has so few values that counting its tokens would lay them open")
            }
            switch word.first {
            case _ where isTrigrams:
                guard found.contains(where: { $0.type == .string }) else {
                    throw IndexPolicyError(String(word), "is no parameter of type string, and only these have :contains")
                }
                trigrams.insert(name)
            case "+":
                allowed.insert(name)
                excepted.remove(name)
            case "-" where name.contains("."):
                allowed.remove(name)
                excepted.insert(name)
            default: allowed.remove(name)
            }
        }
        return IndexPolicy(allowed: allowed, excepted: excepted, trigrams: trigrams)
    }

    /// The parameters that a name means: `code` of any type, or `Type.code`.
    private static func parameters(_ name: String, _ catalog: SearchCatalog, _ types: [String]) -> [SearchParameter] {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let found = parts.count == 2
            ? [catalog.parameters(for: parts[0])?[parts[1]]] : types.map { catalog.parameters(for: $0)?[name] }
        return found.compactMap { $0 }.filter { $0.isSupported && $0.code != "_id" && $0.code != "_lastUpdated" }
    }
}

/// What is wrong with changes of the list: which word, and why.
public struct IndexPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    public let word: String
    public let reason: String

    init(_ word: String, _ reason: String) {
        self.word = word
        self.reason = reason
    }

    public var description: String { "\(word) \(reason)" }
}
