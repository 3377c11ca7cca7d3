/// Why a FHIRPath expression does not compile, or cannot be evaluated on a resource.
///
/// Says nothing of the resource: `name` is a word of the expression, never a value.
public struct FHIRPathError: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Code: String, Sendable {
        /// The text is not of the grammar; `offset` says where.
        case syntax
        /// The expression nests too deeply, or evaluation yields too many values.
        case limit
        /// There is no such function, or it is not provided; `name` is its name.
        case unknownFunction
        /// There is no such type; `name` is its name.
        case unknownType
        /// There is no such environment variable; `name` is its name.
        case unknownVariable
        /// A function has too few or too many arguments; `name` is its name.
        case wrongArguments
        /// An operator or function met several values where one may be; `name` is its name.
        case notSingleton
        /// An operator or function met values of a type that it does not take; `name` is its name.
        case wrongType
    }

    /// What is wrong.
    public let code: Code
    /// The function, operator, type or variable concerned; empty for `syntax`.
    public let name: String
    /// The byte of the expression; 0 for errors of evaluation.
    public let offset: Int

    init(_ code: Code, _ name: String = "", offset: Int = 0) {
        self.code = code
        self.name = name
        self.offset = offset
    }
}

extension FHIRPathError: CustomStringConvertible {
    public var description: String {
        code == .syntax ? "FHIRPath syntax error at \(offset)" : "FHIRPath: \(code.rawValue) \(name)"
    }
}
