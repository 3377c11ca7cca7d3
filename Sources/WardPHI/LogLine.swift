/// Builds the bytes of one log line, in either format, within a bound.
struct LogLine: ~Copyable {
    private(set) var bytes: [UInt8] = []
    private let format: LogFormat
    private let limit: Int
    private var truncated = false

    init(format: LogFormat, limit: Int) {
        self.format = format
        self.limit = limit
        bytes.reserveCapacity(256)
        if format == .json { bytes.append(UInt8(ascii: "{")) }
    }

    /// Adds a field; the first three of a text line go without their names.
    mutating func field(_ name: StaticString, _ value: String, maximumBytes: Int, bare: Bool = false) {
        name.withUTF8Buffer { field(Array($0), value, maximumBytes: maximumBytes, bare: bare) }
    }

    /// Adds a field, or notes that the line is full.
    mutating func field(_ name: [UInt8], _ value: String, maximumBytes: Int, bare: Bool = false) {
        let mark = bytes.count
        switch format {
        case .json:
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            quote(name[...], maximumBytes: 64)
            bytes.append(UInt8(ascii: ":"))
            quote(value.utf8, maximumBytes: maximumBytes)
        case .text:
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            if !bare {
                bytes.append(contentsOf: name.prefix(64))
                bytes.append(UInt8(ascii: "="))
            }
            let plain = bare || value.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x3D
            }
            if plain, !value.isEmpty {
                escape(value.utf8, maximumBytes: maximumBytes)
            } else {
                quote(value.utf8, maximumBytes: maximumBytes)
            }
        }
        if bytes.count > limit - Self.reserve {
            bytes.removeLast(bytes.count - mark)
            truncated = true
        }
    }

    /// The whole line, ended by a line feed.
    consuming func finished() -> [UInt8] {
        if truncated {
            switch format {
            case .json: bytes.append(contentsOf: #","truncated":true"#.utf8)
            case .text: bytes.append(contentsOf: " truncated=true".utf8)
            }
        }
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// Room for the mark of truncation and the end of the line.
    private static let reserve = 24

    private mutating func quote(_ text: some Sequence<UInt8>, maximumBytes: Int) {
        bytes.append(UInt8(ascii: "\""))
        escape(text, maximumBytes: maximumBytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Printable ASCII as it is; everything else escaped, so that no value can start a new line or hide behind a
    /// control code.
    private mutating func escape(_ text: some Sequence<UInt8>, maximumBytes: Int) {
        var left = maximumBytes
        for byte in text {
            if left == 0 { return }
            left -= 1
            switch byte {
            case 0x22, 0x5C:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20...0x7E:
                bytes.append(byte)
            default:
                bytes.append(contentsOf: #"\u00"#.utf8)
                bytes.append(Self.hex[Int(byte >> 4)])
                bytes.append(Self.hex[Int(byte & 15)])
            }
        }
    }

    private static let hex = Array("0123456789abcdef".utf8)
}
