/// Reads a filter record where it lies; the format is described at ``FilterRecord``. Every read is bounds-checked.
struct FilterReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where the entries begin.
    private let start: Int

    /// Checks the header.
    init(_ bytes: UnsafeBufferPointer<UInt8>, parameters: TypeParameters) throws(FilterRecordError) {
        guard bytes.count >= FilterRecord.headerCount else { throw FilterRecordError(.malformed) }
        guard bytes[0] == FilterRecord.version || bytes[0] == FilterRecord.versionWithBase,
            UInt16(bytes[1]) << 8 | UInt16(bytes[2]) == parameters.fingerprint
        else { throw FilterRecordError(.stale) }
        self.bytes = bytes
        guard bytes[0] == FilterRecord.versionWithBase else {
            start = FilterRecord.headerCount
            return
        }
        var cursor = FilterCursor(bytes, FilterRecord.headerCount..<bytes.count)
        _ = try cursor.text()
        start = cursor.position
    }

    /// The values of a parameter, one after the other; none where it is missing.
    func values(of number: UInt8) throws(FilterRecordError) -> FilterCursor? {
        var cursor = FilterCursor(bytes, start..<bytes.count)
        while !cursor.isAtEnd {
            let head = try cursor.byte()
            let current = head & ~FilterRecord.aliasBit
            if head & FilterRecord.aliasBit != 0 {
                let earlier = try cursor.byte()
                guard earlier < current else { throw FilterRecordError(.malformed) }
                if current == number { return try values(of: earlier) }
            } else {
                let length = try cursor.length()
                let payload = try cursor.take(length)
                if current == number { return payload }
            }
            if current > number { return nil }
        }
        return nil
    }

    /// All entries.
    func entries() throws(FilterRecordError) -> [ExtractedValues.Entry] {
        var result: [ExtractedValues.Entry] = []
        var cursor = FilterCursor(bytes, start..<bytes.count)
        while !cursor.isAtEnd {
            let head = try cursor.byte()
            if head & FilterRecord.aliasBit != 0 {
                let earlier = try cursor.byte()
                guard let same = result.first(where: { $0.number == earlier }) else { throw FilterRecordError(.malformed) }
                result.append(.init(number: head & ~FilterRecord.aliasBit, values: same.values))
            } else {
                let length = try cursor.length()
                var payload = try cursor.take(length)
                var values: [SearchValue] = []
                while !payload.isAtEnd { values.append(try payload.value()) }
                result.append(.init(number: head, values: values))
            }
        }
        return result
    }
}

/// A place in a part of a filter record.
struct FilterCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position: Int
    private let end: Int

    /// `range` must lie inside `bytes`.
    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    @inline(__always) var isAtEnd: Bool { position >= end }

    @inline(__always)
    mutating func byte() throws(FilterRecordError) -> UInt8 {
        guard position < end else { throw FilterRecordError(.malformed) }
        defer { position += 1 }
        return bytes[position]
    }

    /// LEB128.
    @inline(__always)
    mutating func length() throws(FilterRecordError) -> Int {
        var result = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let next = try byte()
            result |= Int(next & 0x7F) << shift
            if next < 0x80 { return result }
        }
        throw FilterRecordError(.malformed)
    }

    /// A part of its own, behind which this cursor then stands.
    @inline(__always)
    mutating func take(_ count: Int) throws(FilterRecordError) -> FilterCursor {
        guard count <= end - position else { throw FilterRecordError(.malformed) }
        defer { position += count }
        return FilterCursor(bytes, position..<position + count)
    }

    /// The bytes of a text, valid as long as the record.
    @inline(__always)
    mutating func text() throws(FilterRecordError) -> UnsafeBufferPointer<UInt8> {
        let count = try length()
        guard count <= end - position else { throw FilterRecordError(.malformed) }
        defer { position += count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
    }

    @inline(__always)
    mutating func integer<Integer: FixedWidthInteger>() throws(FilterRecordError) -> Integer {
        let size = MemoryLayout<Integer>.size
        guard size <= end - position else { throw FilterRecordError(.malformed) }
        defer { position += size }
        return Integer(bigEndian: UnsafeRawPointer(bytes.baseAddress! + position).loadUnaligned(as: Integer.self))
    }

    /// The span of a date, whose tag has been read.
    mutating func interval(_ tag: UInt8) throws(FilterRecordError) -> DateInterval {
        switch tag {
        case FilterRecord.Tag.day:
            let day: Int32 = try integer()
            // Days of four bytes reach further than microseconds of eight.
            let (low, overflow) = Int64(day).multipliedReportingOverflow(by: DateInterval.dayMicroseconds)
            let (high, overflowsToo) = low.addingReportingOverflow(DateInterval.dayMicroseconds - 1)
            guard !overflow, !overflowsToo else { throw FilterRecordError(.malformed) }
            return DateInterval(low: low, high: high)
        case FilterRecord.Tag.instant:
            let low: Int64 = try integer()
            var width: Int64 = 1
            for _ in 0..<Swift.min(try byte(), 6) { width *= 10 }
            let (high, overflow) = low.addingReportingOverflow(width - 1)
            guard !overflow else { throw FilterRecordError(.malformed) }
            return DateInterval(low: low, high: high)
        case FilterRecord.Tag.span:
            let low: Int64 = try integer()
            return DateInterval(low: low, high: try integer())
        default: throw FilterRecordError(.malformed)
        }
    }

    mutating func string() throws(FilterRecordError) -> String {
        String(decoding: try text(), as: UTF8.self)
    }

    mutating func knownSystem() throws(FilterRecordError) -> String {
        let number = try length()
        guard number < KnownSystems.urls.count else { throw FilterRecordError(.malformed) }
        return KnownSystems.urls[number]
    }
}
