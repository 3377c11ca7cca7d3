/// The name under which a tile or a bundle of entries is published.
///
/// Source: C2SP tlog-tiles, "Merkle Tree" and "Log entries": `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`, N in
/// groups of three digits of which all but the last begin with `x`.
public struct TilePath: Hashable, Sendable, CustomStringConvertible {
    /// The level; nil for a bundle of entries.
    public var level: Int?
    /// Counted along the level from 0 on.
    public var number: Int64
    /// Hashes or entries in it: 1 to 256.
    public var width: Int

    /// A name; see the properties.
    public init(level: Int?, number: Int64, width: Int = 256) {
        precondition(number >= 0 && (1...256).contains(width), "tiles are counted from 0 and hold 1 to 256 hashes")
        self.level = level
        self.number = number
        self.width = width
    }

    public var description: String {
        var groups: [String] = []
        var rest = number
        repeat {
            let group = String(rest % 1_000)
            let digits = String(repeating: "0", count: 3 - group.count) + group
            groups.append(groups.isEmpty ? digits : "x" + digits)
            rest /= 1_000
        } while rest > 0
        let path = "tile/" + (level.map(String.init) ?? "entries") + "/" + groups.reversed().joined(separator: "/")
        return width == 256 ? path : path + ".p/\(width)"
    }
}
