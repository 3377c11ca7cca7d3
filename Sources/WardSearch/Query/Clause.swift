/// One condition of a query. A query is the conjunction of its clauses; a test holds if any of its values does.
///
/// Values are PHI: the description shows the parameter and the kind of test only.
public struct Clause: Sendable {
    /// The parameter that it is about.
    public let parameter: SearchParameter
    /// What must hold.
    public let test: Test

    /// What must hold of the values of a parameter.
    public enum Test: Sendable {
        /// Some value matches one of the tests.
        case token([TokenTest])
        /// No value matches any of the tests; true also where there is no value.
        case tokenNot([TokenTest])
        case string([StringTest])
        case reference([ReferenceTest])
        case date([DateTest])
        case uri([URITest])
        case number([NumberTest])
        case quantity([QuantityTest])
        /// Whether there is no value.
        case missing(Bool)
        /// The resource has one of these logical ids.
        case id([String])
        /// The time of the last update.
        case lastUpdated([DateTest])
    }

    /// A clause; the test must be one that the parameter's type has.
    public init(parameter: SearchParameter, test: Test) {
        self.parameter = parameter
        self.test = test
    }
}

extension Clause: CustomStringConvertible, CustomReflectable {
    public var description: String { "Clause(\(parameter.code))" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
