/// A function of the language: its name, how many arguments it takes, and what it does.
///
/// Those of one section of the specification stand in one file. `is`, `as` and `ofType` take a type and not an
/// expression; the compiler makes them steps.
struct PathFunction: Sendable {
    let name: String
    let arguments: ClosedRange<Int>
    let body: @Sendable (PathCall) throws(FHIRPathError) -> [PathValue]

    init(
        _ name: String, _ arguments: ClosedRange<Int>,
        _ body: @escaping @Sendable (PathCall) throws(FHIRPathError) -> [PathValue]
    ) {
        self.name = name
        self.arguments = arguments
        self.body = body
    }

    /// Every function that is provided.
    static let all: [String: PathFunction] = {
        let families = [
            existence, filtering, subsetting, combining, conversion, strings, math, navigation, logic, fhir,
        ]
        return Dictionary(uniqueKeysWithValues: families.joined().map { ($0.name, $0) })
    }()
}

/// A function being called.
struct PathCall {
    let name: String
    let input: [PathValue]
    let arguments: [PathNode]
    let context: PathContext

    /// An argument, evaluated where the call stands.
    func argument(_ index: Int) throws(FHIRPathError) -> [PathValue] {
        try arguments[index].evaluate(in: context)
    }

    /// An argument, evaluated with a value of the input as `$this`.
    func argument(_ index: Int, on value: PathValue, at position: Int) throws(FHIRPathError) -> [PathValue] {
        try arguments[index].evaluate(in: context.with(value, index: position))
    }

    /// The values of the input for which the first argument is true; all of them without an argument.
    func matching() throws(FHIRPathError) -> [PathValue] {
        if arguments.isEmpty { return input }
        var result: [PathValue] = []
        for (position, value) in input.enumerated()
        where try argument(0, on: value, at: position).condition(name) == true {
            result.append(value)
        }
        return result
    }

    /// The only value of the input as a String; nil for none.
    func text() throws(FHIRPathError) -> String? { try input.text(name) }

    /// An argument as a String.
    func text(_ index: Int) throws(FHIRPathError) -> String? { try argument(index).text(name) }

    /// An argument as an Integer.
    func integer(_ index: Int) throws(FHIRPathError) -> Int? { try argument(index).integer(name) }

    var walker: PathWalker { PathWalker(definitions: context.definitions, root: context.root, steps: []) }
}
