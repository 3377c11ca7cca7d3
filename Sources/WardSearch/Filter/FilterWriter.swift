/// Writes filter records; the format is described at ``FilterRecord``.
struct FilterWriter {
    private(set) var bytes: [UInt8] = []
    private var payloads: [(number: UInt8, range: Range<Int>)] = []

    init() { bytes.reserveCapacity(320) }

    mutating func write(_ values: ExtractedValues) {
        bytes.append(values.base == nil ? FilterRecord.version : FilterRecord.versionWithBase)
        append(values.parameters.fingerprint)
        if let base = values.base { append(text: base) }
        for entry in values.entries { write(entry) }
        if values.isNamedOnly, !values.sharedPatients.isEmpty {
            let patients = values.sharedPatients.map { SearchValue.reference(.local(type: "Patient", id: $0)) }
            write(.init(number: FilterRecord.namedPatients, values: patients))
        }
    }

    private mutating func write(_ entry: ExtractedValues.Entry) {
        let start = bytes.count
        bytes.append(entry.number)
        bytes.append(0)
        let payload = bytes.count
        for value in entry.values { write(value) }
        if let same = payloads.first(where: { isSame($0.range, payload..<bytes.count) }) {
            bytes.removeSubrange(start...)
            bytes.append(entry.number | FilterRecord.aliasBit)
            bytes.append(same.number)
            return
        }
        let count = bytes.count - payload
        if count < 0x80 {
            bytes[payload - 1] = UInt8(count)
            payloads.append((entry.number, payload..<bytes.count))
        } else {
            var length = FilterWriter()
            length.append(length: count)
            bytes.replaceSubrange(payload - 1..<payload, with: length.bytes)
            payloads.append((entry.number, bytes.count - count..<bytes.count))
        }
    }

    private func isSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count && bytes[left].elementsEqual(bytes[right])
    }

    mutating func write(_ value: SearchValue) {
        switch value {
        case .present: bytes.append(FilterRecord.Tag.present)
        case .token(let token): write(token)
        case .string(let string): write(string)
        case .reference(let reference): write(reference)
        case .date(let interval): write(interval)
        case .uri(let canonical): write(canonical)
        case .number(let interval): write(interval)
        case .quantity(let quantity): write(quantity)
        }
    }

    private mutating func write(_ token: TokenValue) {
        switch (token.system, token.code) {
        case (.none, let code): append(FilterRecord.Tag.tokenBare, code ?? "")
        case (.implied, let code): append(FilterRecord.Tag.tokenImplied, code ?? "")
        case (.uri(let system), let code?):
            if let known = KnownSystems.number(of: system) {
                bytes.append(FilterRecord.Tag.tokenKnown)
                append(length: known)
            } else {
                append(FilterRecord.Tag.tokenURI, system)
            }
            append(text: code)
        case (.uri(let system), nil):
            if let known = KnownSystems.number(of: system) {
                bytes.append(FilterRecord.Tag.systemKnown)
                append(length: known)
            } else {
                append(FilterRecord.Tag.systemURI, system)
            }
        }
    }

    private mutating func write(_ string: StringValue) {
        if Self.isLowerCase(string.folded, of: string.composed) {
            append(FilterRecord.Tag.stringSimple, string.composed)
        } else {
            append(FilterRecord.Tag.stringFull, string.composed)
            append(text: string.folded)
        }
    }

    private static func isLowerCase(_ folded: String, of composed: String) -> Bool {
        folded.utf8.count == composed.utf8.count
            && zip(folded.utf8, composed.utf8).allSatisfy { $1 < 0x80 && NormalizedText.lowered($1) == $0 }
    }

    private mutating func write(_ reference: ReferenceValue) {
        switch reference {
        case .local(let type, let id):
            guard let number = ResourceTypes.number(of: type) else {
                append(FilterRecord.Tag.referenceAbsolute, type + "/" + id)
                return
            }
            if let uuid = UUIDText.bytes(id) {
                bytes.append(FilterRecord.Tag.referenceUUID)
                bytes.append(UInt8(number))
                append(uuid.0)
                append(uuid.1)
            } else {
                bytes.append(FilterRecord.Tag.referenceLocal)
                bytes.append(UInt8(number))
                append(text: id)
            }
        case .absolute(let url): append(FilterRecord.Tag.referenceAbsolute, url)
        case .identifier(let token):
            bytes.append(FilterRecord.Tag.referenceIdentifier)
            write(token)
        }
    }

    private mutating func write(_ canonical: CanonicalValue) {
        if let version = canonical.version {
            append(FilterRecord.Tag.canonicalVersion, canonical.url)
            append(text: version)
        } else {
            append(FilterRecord.Tag.canonical, canonical.url)
        }
    }

    private mutating func write(_ interval: DateInterval) {
        let width = interval.low == DateInterval.openLow || interval.high == DateInterval.openHigh
            ? 0 : interval.high - interval.low + 1
        if width == DateInterval.dayMicroseconds, interval.low % DateInterval.dayMicroseconds == 0 {
            bytes.append(FilterRecord.Tag.day)
            append(Int32(truncatingIfNeeded: interval.low / DateInterval.dayMicroseconds))
        } else if let precision = Self.precisions[width] {
            bytes.append(FilterRecord.Tag.instant)
            append(interval.low)
            bytes.append(precision)
        } else {
            bytes.append(FilterRecord.Tag.span)
            append(interval.low)
            append(interval.high)
        }
    }

    private mutating func write(_ interval: NumberInterval) {
        bytes.append(interval.low == interval.high ? FilterRecord.Tag.number : FilterRecord.Tag.numberSpan)
        append(interval.low.bitPattern)
        if interval.low != interval.high { append(interval.high.bitPattern) }
    }

    private mutating func write(_ quantity: QuantityValue) {
        bytes.append(FilterRecord.Tag.quantity)
        write(quantity.interval)
        if let system = quantity.system, let known = KnownSystems.number(of: system) {
            append(length: known + 1)
        } else {
            bytes.append(0)
            append(text: quantity.system ?? "")
        }
        append(text: quantity.code ?? "")
        append(text: quantity.unit ?? "")
    }

    private static let precisions: [Int64: UInt8] = [
        1: 0, 10: 1, 100: 2, 1_000: 3, 10_000: 4, 100_000: 5, 1_000_000: 6,
    ]

    private mutating func append(_ tag: UInt8, _ text: String) {
        bytes.append(tag)
        append(text: text)
    }

    private mutating func append(text: String) {
        append(length: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(length: Int) {
        var rest = UInt32(truncatingIfNeeded: length)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
