/// Writes points in time as FHIR instants, without Foundation.
///
/// Source: https://hl7.org/fhir/R4/datatypes.html#instant
public enum FHIRInstant {
    /// `2026-01-31T23:59:59.123Z` for microseconds since 1970-01-01T00:00:00Z; what is below a millisecond is cut off.
    public static func text(microseconds: Int64) -> String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            write(microseconds: microseconds, into: buffer)
            return 24
        }
    }

    private static func write(microseconds: Int64, into buffer: UnsafeMutableBufferPointer<UInt8>) {
        let milliseconds = floorDivide(microseconds, 1_000)
        let days = floorDivide(milliseconds, 86_400_000)
        let rest = milliseconds - days * 86_400_000
        let (year, month, day) = civil(days: days)
        put(year, 4, at: 0, buffer)
        buffer[4] = UInt8(ascii: "-")
        put(month, 2, at: 5, buffer)
        buffer[7] = UInt8(ascii: "-")
        put(day, 2, at: 8, buffer)
        buffer[10] = UInt8(ascii: "T")
        put(rest / 3_600_000, 2, at: 11, buffer)
        buffer[13] = UInt8(ascii: ":")
        put(rest / 60_000 % 60, 2, at: 14, buffer)
        buffer[16] = UInt8(ascii: ":")
        put(rest / 1_000 % 60, 2, at: 17, buffer)
        buffer[19] = UInt8(ascii: ".")
        put(rest % 1_000, 3, at: 20, buffer)
        buffer[23] = UInt8(ascii: "Z")
    }

    private static func put(_ value: Int64, _ digits: Int, at place: Int, _ buffer: UnsafeMutableBufferPointer<UInt8>) {
        var value = value
        for index in stride(from: place + digits - 1, through: place, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
            value /= 10
        }
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    /// Days since 1970-01-01 as a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
