/// A FHIRPath expression as parsed; names are not looked up yet.
indirect enum PathExpression: Equatable, Sendable {
    case literal(PathLiteral)
    /// `{}`.
    case empty
    /// `$this`, `$index`, `$total`.
    case special(String)
    /// `%name`.
    case variable(String)
    /// A name: of a member of the value before it, or, at the beginning, of the context or its type.
    case member(PathExpression?, String)
    /// A function, called on the value before it, or on the context.
    case function(PathExpression?, String, [PathExpression], offset: Int)
    case index(PathExpression, PathExpression)
    /// Unary `+` and `-`.
    case sign(String, PathExpression)
    case binary(String, PathExpression, PathExpression)
    /// `is` and `as`, with a type name such as `Patient`, `FHIR.Patient` or `System.String`.
    case type(String, PathExpression, name: String)
}

/// A value that is written in an expression.
enum PathLiteral: Equatable, Sendable {
    case boolean(Bool)
    case string(String)
    case integer(String)
    case decimal(String)
    /// Without the at sign.
    case temporal(String)
    /// A number, and a unit: a UCUM code between quotes, or a word of the calendar.
    case quantity(String, unit: String, isCalendar: Bool)
}
