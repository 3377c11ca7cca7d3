/// Which root wrapped a key: the kind of its provider and the root's id, stable over its versions.
public struct RootName: Hashable, Sendable, Comparable {
    /// `file`, `pkcs11`, `awskms`, `transit`.
    public var kind: String
    public var root: String

    /// A name; see the properties.
    public init(kind: String, root: String) {
        self.kind = kind
        self.root = root
    }

    /// In the order of kind and id.
    public static func < (left: RootName, right: RootName) -> Bool { (left.kind, left.root) < (right.kind, right.root) }
}

extension KeyProviderDescription {
    /// The root's name.
    public var name: RootName { RootName(kind: kind, root: root) }
}
