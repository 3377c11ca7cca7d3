import WardFHIR

/// The resource types of R4 by number, as references in filter records name them.
///
/// The numbers are the places in the alphabetical list of R4, which is final.
enum ResourceTypes {
    static let names: [String] = FHIRDefinitions.r4.resourceTypes

    private static let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

    /// The number of a type, or nil.
    static func number(of name: String) -> Int? { numbers[name] }

    /// The name in shared storage, or nil if there is no such type.
    static func canonicalName(_ text: Substring) -> String? {
        guard let first = text.utf8.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") else { return nil }
        return numbers[String(text)].map { names[$0] }
    }
}
