/// What a Reference points to, as far as the reference itself tells. Nothing is fetched.
///
/// Source: https://hl7.org/fhir/R4/references.html
struct PathReference {
    private let element: PathElement
    private let root: PathElement?
    private let definitions: FHIRDefinitions

    init(_ element: PathElement, root: PathElement?, definitions: FHIRDefinitions) {
        self.element = element
        self.root = root
        self.definitions = definitions
    }

    /// The target: the resource if it is contained, else a value of which only the type is known; nil if not even that
    /// is.
    var target: PathElement? {
        if let contained { return contained }
        guard let name = withTypeName({ String(decoding: $0, as: UTF8.self) }),
            let type = definitions.resourceType(named: name)
        else { return nil }
        return PathElement(type: type, storage: element.storage, node: -1)
    }

    /// Whether the target is known to be of this type.
    func isTarget(_ type: TypeDefinition) -> Bool {
        if type.isAbstract || isContained { return target?.type.isKind(of: type) ?? false }
        var wanted = type.name
        return withTypeName { name in wanted.withUTF8 { $0.elementsEqual(name) } } ?? false
    }

    private var reference: JSONNode? {
        guard let node = element.node else { return nil }
        return element.type.name == "Reference" ? node["reference"] : node
    }

    private var isContained: Bool {
        reference?.withUTF8 { $0.first == UInt8(ascii: "#") } ?? false
    }

    private var contained: PathElement? {
        guard isContained, let id = reference?.string?.dropFirst(), let root, let holder = root.node else { return nil }
        if id.isEmpty { return root }
        let text = String(id)
        guard let contained = holder["contained"] else { return nil }
        for node in contained.elements where node["id"]?.equals(text) == true {
            let type = node["resourceType"]?.string.flatMap { definitions.resourceType(named: $0) }
            guard let type else { continue }
            return PathElement(type: type, storage: node.storage, node: node.index)
        }
        return nil
    }

    /// `Reference.type`, if the reference does not tell the type.
    private func withTypeName<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        let named = reference?.withUTF8 { bytes -> R? in
            guard let range = Self.typeName(in: bytes) else { return nil }
            return body(UnsafeBufferPointer(rebasing: bytes[range]))
        }
        if let named = named ?? nil { return named }
        guard element.type.name == "Reference" else { return nil }
        return element.node?["type"]?.withUTF8(body)
    }

    /// Where the type stands in `Type/id`, `https://server/path/Type/id/_history/version` or `Type?search`.
    private static func typeName(in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        let slash = UInt8(ascii: "/")
        var end = bytes.firstIndex { "?#|".utf8.contains($0) } ?? bytes.count
        let isSearch = end < bytes.count && bytes[end] == UInt8(ascii: "?")
        if !isSearch {
            guard var last = bytes[..<end].lastIndex(of: slash) else { return nil }
            // `/_history/version` stands after the id.
            let before = bytes[..<last].lastIndex(of: slash)
            if let before, bytes[(before + 1)..<last].elementsEqual("_history".utf8) {
                guard let id = bytes[..<before].lastIndex(of: slash) else { return nil }
                last = id
            }
            end = last
        }
        let start = bytes[..<end].lastIndex(of: slash).map { $0 + 1 } ?? 0
        guard start < end, bytes[start] &- UInt8(ascii: "A") < 26 else { return nil }
        return start..<end
    }
}
