/// A word of a FHIRPath expression.
struct PathToken: Equatable {
    enum Kind: Equatable {
        case identifier(String)
        /// Between backquotes: never a keyword.
        case delimitedIdentifier(String)
        case string(String)
        case integer(String)
        case decimal(String)
        /// `@…`: a date, dateTime or time, without the at sign.
        case temporal(String)
        /// `%name`.
        case variable(String)
        /// `$this`, `$index`, `$total`, without the dollar sign.
        case special(String)
        case symbol(String)
        case end
    }

    var kind: Kind
    var offset: Int
}
