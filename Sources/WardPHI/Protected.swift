/// Holds health information or a secret so that no printing, interpolation, reflection or debugger shows it.
///
/// ``description``, ``debugDescription`` and the mirror say only that something is withheld. To use the value, ask for it by
/// ``revealed``: the word makes each use easy to find. It is not `Codable`: what is stored goes through the vault.
///
/// ```swift
/// let name = Protected("Ada Lovelace")
/// print("\(name)")  // ‹protected›
/// ```
public struct Protected<Value: Sendable>: Sendable {
    /// The value itself. Never give it to a logger, an error or a metric.
    public let revealed: Value

    /// Withholds `value` from every form of printing.
    public init(_ value: Value) { revealed = value }

    /// A protected value made from this one.
    public func map<Other: Sendable, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Other
    ) throws(Failure) -> Protected<Other> {
        Protected<Other>(try transform(revealed))
    }
}

extension Protected: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Redaction.mark }
    public var debugDescription: String { Redaction.mark }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension Protected: Equatable where Value: Equatable {}
extension Protected: Hashable where Value: Hashable {}
