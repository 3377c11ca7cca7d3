#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Decoding of the backslash sequences of RFC 8259 section 7 in strings that the parser has already accepted.
enum JSONEscapes {
    /// Whether two runs of bytes are the same.
    @inline(__always)
    static func same(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard let a = left.baseAddress, let b = right.baseAddress else { return left.isEmpty }
        return memcmp(a, b, left.count) == 0
    }

    /// Gives the decoded bytes of the inside of a string; they live only during the call.
    static func withDecoded<R>(
        _ raw: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(raw.count, 1)) { buffer in
            let count = decode(raw, into: buffer)
            return try body(UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Decodes into a buffer at least as long as the raw text; returns how many bytes were written.
    private static func decode(
        _ raw: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var at = 0
        var out = 0
        while at < raw.count {
            let byte = raw[at]
            at += 1
            guard byte == UInt8(ascii: "\\") else {
                buffer[out] = byte
                out += 1
                continue
            }
            let escape = raw[at]
            at += 1
            guard escape == UInt8(ascii: "u") else {
                buffer[out] = single(escape)
                out += 1
                continue
            }
            var scalar = hex(raw, at)
            at += 4
            if scalar >= 0xD800, scalar < 0xDC00 {
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (hex(raw, at + 2) - 0xDC00)
                at += 6
            }
            out = write(scalar, into: buffer, at: out)
        }
        return out
    }

    private static func single(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    private static func hex(_ raw: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 0..<4 { value = value << 4 | UInt32(digit(raw[at + offset]) ?? 0) }
        return value
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func write(_ scalar: UInt32, into buffer: UnsafeMutableBufferPointer<UInt8>, at out: Int) -> Int {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: (scalar >> shift) & 0x3F | 0x80) }
        switch scalar {
        case ..<0x80:
            buffer[out] = UInt8(truncatingIfNeeded: scalar)
            return out + 1
        case ..<0x800:
            buffer[out] = UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0)
            buffer[out + 1] = tail(0)
            return out + 2
        case ..<0x10000:
            buffer[out] = UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0)
            buffer[out + 1] = tail(6)
            buffer[out + 2] = tail(0)
            return out + 3
        default:
            buffer[out] = UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0)
            buffer[out + 1] = tail(12)
            buffer[out + 2] = tail(6)
            buffer[out + 3] = tail(0)
            return out + 4
        }
    }
}
