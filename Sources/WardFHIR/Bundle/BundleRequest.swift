/// A batch or transaction Bundle, read into its entries; contents stay JSON.
///
/// Source: https://hl7.org/fhir/R4/http.html#transaction
public struct BundleRequest: Sendable {
    /// What the Bundle asks for.
    public enum Kind: String, Sendable {
        case batch, transaction
    }

    /// Whether the entries stand alone or together.
    public let kind: Kind
    /// The entries in the order sent.
    public let entries: [BundleEntry]

    /// Reads the entries of a Bundle.
    ///
    /// - Parameter maximumEntries: more are refused with 413.
    /// - Throws: ``FHIRError`` 400 naming the path of what is missing or wrong.
    public init(_ bundle: JSONNode, maximumEntries: Int) throws(FHIRError) {
        guard bundle.kind == .object, let name = bundle["resourceType"], name.equals("Bundle") else {
            throw .invalid(path: "Bundle", "a Bundle resource is expected here")
        }
        guard let text = bundle["type"]?.string, let kind = Kind(rawValue: text) else {
            throw .invalid(path: "Bundle.type", "the base takes a Bundle of type batch or transaction")
        }
        self.kind = kind
        var entries: [BundleEntry] = []
        if let list = bundle["entry"] {
            guard list.kind == .array else { throw .invalid(path: "Bundle.entry", "an array is expected") }
            guard list.count <= maximumEntries else {
                throw FHIRError(status: 413, .tooLong, "a Bundle may have at most \(maximumEntries) entries", at: "Bundle.entry")
            }
            entries.reserveCapacity(list.count)
            for (index, node) in list.elements.enumerated() {
                entries.append(try BundleEntry(node, index: index))
            }
            try Self.checkFullURLs(entries)
        }
        self.entries = entries
    }

    /// Two entries of one full URL would make every reference to it a guess. Source: https://hl7.org/fhir/R4/bundle.html (bdl-7)
    private static func checkFullURLs(_ entries: [BundleEntry]) throws(FHIRError) {
        var seen: Set<String> = []
        for entry in entries {
            guard let fullURL = entry.fullURL, !seen.insert(fullURL).inserted else { continue }
            throw .invalid(
                path: "Bundle.entry[\(entry.index)].fullUrl", "another entry has the same fullUrl; each must be unique",
                code: .invariant)
        }
    }
}
