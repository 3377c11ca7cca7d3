/// The values of primitives: the JSON type, then the format.
extension StructureWalk {
    /// What is wrong with the value of a primitive, or nil.
    func fault(_ index: Int, _ primitive: PrimitiveKind) -> (code: IssueType, message: String)? {
        let entry = tape[index]
        switch (primitive.jsonForm, entry.kind) {
        case (.boolean, .true), (.boolean, .false):
            return nil
        case (.number, .number):
            if withText(index, { PrimitiveFormat.isNumber($0, primitive) }) { return nil }
            return (.value, "not a valid \(primitive.rawValue)")
        case (.string, .string):
            guard entry.end > entry.start else { return (.structure, "a string must not be empty") }
            if !entry.hasEscapes, primitive == .string || primitive == .markdown {
                // The parser has refused raw control characters: only the length is left to check.
                guard Int(entry.end - entry.start) > PrimitiveFormat.maximumStringBytes else { return nil }
                return (.tooLong, "longer than 1 MB")
            }
            if primitive == .xhtml {
                return withText(index) { XHTMLCheck.fault($0) }.map { (.invariant, "not a valid narrative: \($0)") }
            }
            if withText(index, { PrimitiveFormat.isText($0, primitive) }) { return nil }
            return (.value, "not a valid \(primitive.rawValue)")
        default:
            return (.structure, "must be a \(primitive.jsonForm)")
        }
    }
}
