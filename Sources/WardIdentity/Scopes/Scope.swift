/// A SMART v2 scope for FHIR resources: `user/Observation.rs?category=laboratory`.
///
/// Shape: `patient|user|system`, `/`, a type or `*`, `.`, a part of `cruds` in that order, and constraints as a
/// query where wanted. Scopes of version 1 (`.read`, `.write`, `.*`) are not of this form. Source: SMART App Launch
/// 2.2, "Scopes for requesting FHIR resources".
public struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// Whose data the scope is about.
    public enum Context: String, Sendable, Hashable, CaseIterable {
        /// The one patient of a launch context.
        case patient
        /// What the user may reach.
        case user
        /// What a system may reach that acts for itself.
        case system
    }

    /// A constraint on what the scope reaches, as a search parameter with its value, decoded.
    public struct Constraint: Sendable, Hashable {
        /// The parameter with its modifier, such as `category` or `code:in`.
        public let parameter: String
        /// The value as a search would write it.
        public let value: String

        /// A constraint.
        public init(parameter: String, value: String) {
            self.parameter = parameter
            self.value = value
        }
    }

    /// Whose data.
    public let context: Context
    /// The resource type, or nil for every type (`*`).
    public let type: String?
    /// What may be done.
    public let rights: AccessRights
    /// All must hold; empty: the scope reaches every resource of its types.
    public let constraints: [Constraint]

    /// A scope from its parts. The parser ``init(_:)`` checks text; this takes parts as they are.
    public init(_ context: Context, type: String?, rights: AccessRights, constraints: [Constraint] = []) {
        self.context = context
        self.type = type
        self.rights = rights
        self.constraints = constraints
    }

    /// Fails unless `text` is a scope of version 2.
    public init?(_ text: String) {
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let head = halves[0].split(separator: "/", omittingEmptySubsequences: false)
        guard head.count == 2, let context = Context(rawValue: String(head[0])) else { return nil }
        let tail = head[1].split(separator: ".", omittingEmptySubsequences: false)
        guard tail.count == 2, let rights = AccessRights(letters: tail[1]) else { return nil }
        guard tail[0] == "*" || Self.isTypeName(tail[0]) else { return nil }
        var constraints: [Constraint] = []
        if halves.count == 2 {
            guard let parsed = Self.constraints(in: halves[1]) else { return nil }
            constraints = parsed
        }
        self.init(context, type: tail[0] == "*" ? nil : String(tail[0]), rights: rights, constraints: constraints)
    }

    /// The scope as text; constraints percent-encoded where they must be.
    public var description: String {
        let head = "\(context.rawValue)/\(type ?? "*").\(rights.letters)"
        guard !constraints.isEmpty else { return head }
        let pairs = constraints.map { PercentCoding.encode($0.parameter) + "=" + PercentCoding.encode($0.value) }
        return head + "?" + pairs.joined(separator: "&")
    }

    private static func isTypeName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (1...64).contains(text.utf8.count) else { return false }
        return isUpper(first)
            && text.utf8.allSatisfy { isUpper($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func constraints(in query: Substring) -> [Constraint]? {
        var result: [Constraint] = []
        for pair in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, result.count < maximumConstraints,
                let parameter = PercentCoding.decode(parts[0]), let value = PercentCoding.decode(parts[1])
            else { return nil }
            result.append(Constraint(parameter: parameter, value: value))
        }
        return result
    }

    private static let maximumConstraints = 16
}
