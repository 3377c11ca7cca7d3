/// What was measured, as text in columns.
struct Table {
    private var rows: [[String]] = [["measured", "value", "p50", "p99", "of its floor", "target"]]
    private var notes: [String] = []

    /// Adds a row; it is also told at once on standard error, because a run takes minutes.
    mutating func add(_ name: String, _ value: String, p50: String = "", p99: String = "", ratio: String = "", target: String = "") {
        rows.append([name, value, p50, p99, ratio, target])
        Progress.say("\(name): \(value)")
    }

    /// Adds a rate, with its ratio to a floor where there is one.
    mutating func add(_ name: String, _ latencies: Latencies, floor: Double? = nil, target: String = "") {
        add(
            name, "\(Int(latencies.perSecond))/s", p50: latencies.text(0.50), p99: latencies.text(0.99),
            ratio: floor.map { Self.decimal(latencies.perSecond / $0) } ?? "", target: target)
    }

    /// Adds a line below the table.
    mutating func note(_ text: String) { notes.append(text) }

    /// The table, columns aligned.
    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
        return (lines + notes).joined(separator: "\n")
    }

    /// Two digits after the point.
    static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
