/// What is printed of documents, nodes, writers and edits: their kind or size, never their content.
extension JSONDocument: CustomStringConvertible, CustomReflectable {
    public var description: String { "JSONDocument(\(storage.bytes.count) bytes)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension JSONNode: CustomStringConvertible, CustomReflectable {
    public var description: String { "JSONNode(\(kind))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension JSONWriter: CustomStringConvertible, CustomReflectable {
    public var description: String { "JSONWriter(\(bytes.count) bytes)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension JSONEdits: CustomStringConvertible, CustomReflectable {
    public var description: String { "JSONEdits(\(touched.count) nodes)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
