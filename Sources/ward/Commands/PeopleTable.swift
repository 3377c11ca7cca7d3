internal import Foundation

/// People in comma-separated values. Source: RFC 4180.
struct PeopleTable: Sendable {
    /// Somebody to invite.
    struct Person: Sendable {
        var line: Int
        var name: String
        var role: String
        var fhirUser: String?
    }

    let people: [Person]

    private static let columns = ["name", "role", "fhir_user"]
    private static let limit = 10_000

    /// Reads a table.
    /// - Throws: ``Failure`` that names the line and what would be right; no value is repeated.
    init(_ text: String, name: String) throws(Failure) {
        // Line endings are one character each: CR LF too.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.first, let head = Self.fields(first), Set(head).isSubset(of: Self.columns),
            Set(head).count == head.count, head.contains("name"), head.contains("role")
        else { throw Failure("\(name): line 1: the columns are name, role and, if wanted, fhir_user") }
        guard lines.count <= Self.limit else { throw Failure("\(name): has more than \(Self.limit) lines") }
        var people: [Person] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
            guard let fields = Self.fields(line), fields.count == head.count else {
                throw Failure("\(name): line \(index + 1): \(head.count) values separated by commas are expected")
            }
            let values = Dictionary(uniqueKeysWithValues: zip(head, fields))
            let reference = values["fhir_user"].flatMap { $0.isEmpty ? nil : $0 }
            people.append(
                Person(line: index + 1, name: values["name"] ?? "", role: values["role"] ?? "", fhirUser: reference))
        }
        self.people = people
    }

    /// The values of a line; nil where a quotation mark is left open or stands where none may.
    static func fields(_ line: Substring) -> [String]? {
        var fields: [String] = []
        var value = ""
        var isQuoted = false, wasQuoted = false
        var rest = line[...]
        while let sign = rest.popFirst() {
            switch sign {
            case "\"" where isQuoted:
                if rest.first == "\"" { value.append(rest.removeFirst()) } else { isQuoted = false }
            case "\"":
                guard value.allSatisfy(\.isWhitespace), !wasQuoted else { return nil }
                (value, isQuoted, wasQuoted) = ("", true, true)
            case "," where !isQuoted:
                fields.append(wasQuoted ? value : value.trimmingCharacters(in: .whitespaces))
                (value, wasQuoted) = ("", false)
            case _ where wasQuoted && !isQuoted:
                guard sign.isWhitespace else { return nil }
            default: value.append(sign)
            }
        }
        fields.append(wasQuoted ? value : value.trimmingCharacters(in: .whitespaces))
        return isQuoted ? nil : fields
    }
}
