/// What a scope lets its holder do with a type: create, read, update, delete, search.
///
/// Source: SMART App Launch 2.2, "Scopes for requesting FHIR resources"
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html).
public struct AccessRights: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `c`: create.
    public static let create = AccessRights(rawValue: 1)
    /// `r`: read, vread and the history of an instance.
    public static let read = AccessRights(rawValue: 2)
    /// `u`: update and patch.
    public static let update = AccessRights(rawValue: 4)
    /// `d`: delete.
    public static let delete = AccessRights(rawValue: 8)
    /// `s`: search, and the history of a type or of all.
    public static let search = AccessRights(rawValue: 16)

    static let letters: [(letter: Character, right: AccessRights)] = [
        ("c", .create), ("r", .read), ("u", .update), ("d", .delete), ("s", .search),
    ]

    /// Fails unless `letters` is a part of `cruds`, in that order, with at least one letter.
    public init?(letters: some StringProtocol) {
        var rights: AccessRights = []
        var remaining = Self.letters[...]
        for letter in letters {
            guard let index = remaining.firstIndex(where: { $0.letter == letter }) else { return nil }
            rights.insert(remaining[index].right)
            remaining = remaining[(index + 1)...]
        }
        guard !rights.isEmpty else { return nil }
        self = rights
    }

    /// A part of `cruds`.
    public var letters: String { String(Self.letters.filter { contains($0.right) }.map(\.letter)) }
}
