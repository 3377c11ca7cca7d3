/// Addresses that count as one where a number for each is bounded.
public enum AddressGroup {
    /// The address; of an IPv6 address its first 64 bits, which one customer holds.
    public static func key(of source: String) -> String {
        let address = source.prefix(64).split(separator: "%", maxSplits: 1).first ?? ""
        guard address.contains(":"), !address.contains(".") else { return String(address) }
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":").map(String.init)
        if halves.count == 2 {
            let tail = halves[1].split(separator: ":").map(String.init)
            groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
        }
        let prefix = groups.prefix(4).map { group in
            let trimmed = group.lowercased().drop { $0 == "0" }
            return trimmed.isEmpty ? "0" : String(trimmed)
        }
        return prefix.joined(separator: ":") + "::/64"
    }
}
