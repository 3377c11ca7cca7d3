/// What went wrong, or well, with a request, as FHIR says it.
///
/// Holds places and reasons, never values of a resource; what is written here goes to clients and logs.
///
/// Source: https://hl7.org/fhir/R4/operationoutcome.html
public struct OperationOutcome: Sendable, Equatable {
    /// One finding.
    public struct Issue: Sendable, Equatable {
        /// How bad it is.
        public var severity: Severity
        /// The kind of finding.
        public var code: IssueType
        /// A sentence for people; never a value.
        public var diagnostics: String?
        /// Where: FHIRPath expressions such as `Patient.name[0].given`, or names of parameters and headers.
        public var expression: [String]

        /// Makes an issue.
        public init(
            _ severity: Severity = .error, _ code: IssueType, _ diagnostics: String? = nil, expression: [String] = []
        ) {
            self.severity = severity
            self.code = code
            self.diagnostics = diagnostics
            self.expression = expression
        }
    }

    /// How bad an issue is. Source: https://hl7.org/fhir/R4/valueset-issue-severity.html
    public enum Severity: String, Sendable, Equatable, CaseIterable {
        case fatal, error, warning, information
    }

    /// The findings; FHIR wants at least one.
    public var issues: [Issue]

    /// Makes an outcome.
    public init(issues: [Issue]) {
        self.issues = issues
    }

    /// The resource as compact JSON.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        write(to: &writer)
        return writer.bytes
    }

    /// Writes the resource as the next value, as a bundle entry needs it.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("resourceType")
        writer.string("OperationOutcome")
        writer.name("issue")
        writer.beginArray()
        for issue in issues.isEmpty ? [Issue(.information, .informational)] : issues {
            writer.beginObject()
            writer.name("severity")
            writer.string(issue.severity.rawValue)
            writer.name("code")
            writer.string(issue.code.rawValue)
            if let diagnostics = issue.diagnostics, !diagnostics.isEmpty {
                writer.name("diagnostics")
                writer.string(diagnostics)
            }
            if !issue.expression.isEmpty {
                writer.name("expression")
                writer.beginArray()
                for expression in issue.expression { writer.string(expression) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
