public import WardFHIR

/// Finds references to patients in forms by which nobody would find them: what holds one would be under no patient's key and in no patient's
/// compartment, and would stay when the patient is shredded.
///
/// A patient of this server is named `Patient/ID`, by a version of that, or by the same below the server's own base URL, letter by letter.
/// Source: https://hl7.org/fhir/R4/references.html#literal
public struct PatientReferences {
    /// A reference to a patient by the address of some other server.
    public struct Elsewhere: Sendable, Hashable {
        /// The id, where it is a UUID: if this server has a patient of that id, the other server is this one by another name.
        public let id: String
        /// Where it stands.
        public let path: String
    }

    /// The path of the first reference that is to this server and has another form; nil where there is none.
    public private(set) var misshapen: String?
    /// References to patients of other servers, as they say.
    public private(set) var elsewhere: [Elsewhere] = []

    private enum Step {
        case member(JSONNode)
        case index(Int)
    }

    private let context: SearchContext
    private let type: String
    private var steps: [Step] = []

    /// Reads a resource.
    public init(in resource: JSONNode, type: String, context: SearchContext) {
        self.context = context
        self.type = type
        read(resource)
    }

    private mutating func read(_ node: JSONNode) {
        switch node.kind {
        case .object:
            for (name, value) in node.members {
                switch value.kind {
                case .string:
                    if name.equals("reference"), !Self.isPlain(value), let text = value.string { note(text) }
                case .object, .array:
                    steps.append(.member(name))
                    read(value)
                    steps.removeLast()
                default: break
                }
            }
        case .array:
            for (index, element) in node.elements.enumerated() where element.kind == .object || element.kind == .array {
                steps.append(.index(index))
                read(element)
                steps.removeLast()
            }
        default: break
        }
    }

    /// Whether a reference surely has none of these forms: `Type/id`, nothing more, and the type not `Patient` in other letters.
    private static func isPlain(_ value: JSONNode) -> Bool {
        value.withUTF8 { bytes in
            guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")), slash > 0 else { return false }
            let isWord = bytes[(slash + 1)...].allSatisfy { byte in
                byte != UInt8(ascii: "/") && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "?")
            }
            let isOther = bytes[0] | 0x20 != UInt8(ascii: "p")
            guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) else { return false }
            return isWord && (isOther || bytes[..<slash].elementsEqual("Patient".utf8))
        } ?? false
    }

    private mutating func note(_ text: String) {
        let plain = UnescapedReference.text(text)
        if plain != text, case .local("Patient", _)? = ReferenceText.parse(plain, context: context) {
            misshapen = misshapen ?? path
            return
        }
        note(plain: plain)
    }

    private mutating func note(plain text: String) {
        guard case .absolute? = ReferenceText.parse(text, context: context) else { return }
        let segments = text.split(separator: "/")
        for index in segments.indices.dropLast() where segments[index].lowercased() == "patient" {
            let id = segments[index + 1].prefix { ReferenceText.isID(Substring(String($0))) }
            let rest = segments[index + 1].dropFirst(id.count)
            guard ReferenceText.isID(id), rest.isEmpty || "?#; ".contains(rest.first ?? " ") else { continue }
            let place = Self.place(segments[..<index])
            // What names no other server is relative to this one.
            let isOurs = place == own || !(segments[0].last == ":" || segments[0].lowercased().hasPrefix("urn:"))
            if isOurs {
                misshapen = misshapen ?? path
                return
            }
            if UUIDText.bytes(id.lowercased()) != nil { elsewhere.append(Elsewhere(id: id.lowercased(), path: path)) }
        }
    }

    /// Host and path of a URL that was split at its slashes, as they are compared: whatever the scheme, in lower case, without the port that
    /// is meant where none is said.
    private static func place(_ segments: ArraySlice<Substring>) -> [String] {
        segments.map { $0.lowercased() }.filter { !["http:", "https:", "."].contains($0) }
            .map { $0.hasSuffix(":443") ? String($0.dropLast(4)) : $0 }
    }

    /// The place of this server.
    private var own: [String] { context.baseURL.map { Self.place($0.split(separator: "/")[...]) } ?? [] }

    /// Where the reference stands that is being read.
    private var path: String {
        steps.reduce(into: type) { path, step in
            switch step {
            case .member(let name): path += ".\(name.string ?? "")"
            case .index(let index): path += "[\(index)]"
            }
        } + ".reference"
    }
}
