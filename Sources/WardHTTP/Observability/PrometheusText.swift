/// Writes the Prometheus text format.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(16 << 10) }

    mutating func type(_ name: String, _ kind: PrometheusKind) {
        bytes.append(contentsOf: "# TYPE \(name) \(kind.rawValue)\n".utf8)
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: Self.key(labels))
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: Self.number(value).utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Labels as they are written, which also names the series: `{a="b"}`, or nothing.
    static func key(_ labels: [(String, String)]) -> [UInt8] {
        if labels.isEmpty { return [] }
        var result: [UInt8] = [UInt8(ascii: "{")]
        for (label, value) in labels {
            if result.count > 1 { result.append(UInt8(ascii: ",")) }
            result.append(contentsOf: name(label).utf8)
            result.append(contentsOf: "=\"".utf8)
            for byte in value.utf8.prefix(96) {
                switch byte {
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): result += [UInt8(ascii: "\\"), byte]
                case 0..<0x20, 0x7F: result.append(UInt8(ascii: "?"))
                default: result.append(byte)
                }
            }
            result.append(UInt8(ascii: "\""))
        }
        result.append(UInt8(ascii: "}"))
        return result
    }

    /// A name that the format allows: other characters become underscores.
    static func name(_ text: String) -> String {
        let bytes = text.utf8.prefix(96).enumerated().map { index, byte -> UInt8 in
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x5F: byte
            case 0x30...0x39 where index > 0: byte
            default: 0x5F
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return "\(whole)" }
        if value.isNaN { return "NaN" }
        return value == .infinity ? "+Inf" : value == -.infinity ? "-Inf" : "\(value)"
    }
}
