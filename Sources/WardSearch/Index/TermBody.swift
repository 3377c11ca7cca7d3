/// A term without its family, type and parameter.
struct TermBody: Hashable {
    let kind: TermKind
    let value: [UInt8]
}
