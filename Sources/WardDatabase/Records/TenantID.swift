/// The tenant that a record belongs to: a number, in the clear for routing, bound into every seal.
///
/// A home starts with one tenant, ``TenantID/first``.
public struct TenantID: RawRepresentable, Hashable, Sendable, Comparable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The tenant that `ward init` makes.
    public static let first = TenantID(rawValue: 1)

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Four bytes, big endian: the form that goes into seals and tokens.
    public var bytes: [UInt8] {
        [UInt8(truncatingIfNeeded: rawValue >> 24), UInt8(truncatingIfNeeded: rawValue >> 16),
         UInt8(truncatingIfNeeded: rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)]
    }
}
