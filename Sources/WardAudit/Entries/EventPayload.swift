internal import WardDatabase

/// The compact encoding of an event's facts: fields of `tag (1 byte) ‖ length (LEB128) ‖ value`, in ascending order
/// of tags.
///
/// | Tag | Value |
/// | --- | --- |
/// | 1 | actor id: reference |
/// | 2 | actor name: UTF-8 |
/// | 3 | a role: UTF-8; repeated |
/// | 4 | session: reference |
/// | 5 | client: UTF-8 |
/// | 6 | source address: UTF-8 |
/// | 7 | a purpose of use: UTF-8; repeated |
/// | 8 | interaction: UTF-8 |
/// | 9 | record type: UTF-8 |
/// | 10 | record id: reference |
/// | 11 | record version: LEB128 |
/// | 12 | patient: reference |
/// | 13 | reason code: UTF-8 |
/// | 14 | status: LEB128 |
/// | 15 | request id: reference |
/// | 16 | a search parameter: 8 bytes of keyed digest, then the name in UTF-8; repeated |
/// | 17 | count: LEB128 |
/// | 18 | a detail: length of the name (LEB128), name, value in UTF-8; repeated |
///
/// A reference is 0x01 and the 16 bytes of a UUID that is written in lower case, or 0x00 and UTF-8. A reader keeps
/// fields whose tags it does not know.
enum EventPayload {
    enum Tag {
        static let actorID: UInt8 = 1, actorName: UInt8 = 2, role: UInt8 = 3, session: UInt8 = 4, client: UInt8 = 5
        static let source: UInt8 = 6, purpose: UInt8 = 7, interaction: UInt8 = 8, type: UInt8 = 9, id: UInt8 = 10
        static let version: UInt8 = 11, patient: UInt8 = 12, reason: UInt8 = 13, status: UInt8 = 14,
            requestID: UInt8 = 15
        static let query: UInt8 = 16, count: UInt8 = 17, detail: UInt8 = 18
    }

    /// Encodes the facts; `digest` gives the keyed digest of a search parameter.
    static func encode(_ event: AuditEvent, digest: (QueryParameter) -> [UInt8]) -> [UInt8] {
        var writer = PayloadWriter()
        let origin = event.origin
        writer.reference(Tag.actorID, origin.actor?.id)
        writer.text(Tag.actorName, origin.actor?.name)
        for role in origin.actor?.roles ?? [] { writer.text(Tag.role, role) }
        writer.reference(Tag.session, origin.session)
        writer.text(Tag.client, origin.client)
        writer.text(Tag.source, origin.source)
        for purpose in origin.purposes { writer.text(Tag.purpose, purpose) }
        writer.text(Tag.interaction, event.interaction)
        writer.text(Tag.type, event.record?.type)
        writer.reference(Tag.id, event.record?.id?.text)
        writer.number(Tag.version, event.record?.version)
        writer.reference(Tag.patient, event.patient?.text)
        writer.text(Tag.reason, event.reason)
        writer.number(Tag.status, event.status.map { UInt64(max(0, $0)) })
        writer.reference(Tag.requestID, origin.requestID)
        for parameter in event.query { writer.field(Tag.query, digest(parameter) + Array(parameter.name.utf8)) }
        writer.number(Tag.count, event.count.map { UInt64(max(0, $0)) })
        for detail in event.details {
            let name = Array(detail.name.utf8)
            writer.field(Tag.detail, PayloadWriter.leb128(UInt64(name.count)) + name + Array(detail.value.utf8))
        }
        for field in event.unknown { writer.field(field.tag, field.value) }
        return writer.bytes
    }

    /// Reads the facts of a payload into an event that has its header's facts already.
    /// - Throws: ``AuditError`` with `.malformed` where the fields do not fit their lengths or forms.
    static func decode(_ payload: [UInt8], into event: inout AuditEvent) throws(AuditError) {
        var reader = PayloadReader(payload)
        while let (tag, value) = try reader.next() {
            switch tag {
            case Tag.actorID: event.origin.actor = .init(id: try reader.reference(value))
            case Tag.actorName: event.origin.actor?.name = try reader.text(value)
            case Tag.role: event.origin.actor?.roles.append(try reader.text(value))
            case Tag.session: event.origin.session = try reader.reference(value)
            case Tag.client: event.origin.client = try reader.text(value)
            case Tag.source: event.origin.source = try reader.text(value)
            case Tag.purpose: event.origin.purposes.append(try reader.text(value))
            case Tag.interaction: event.interaction = try reader.text(value)
            case Tag.type: event.record = RecordReference(type: try reader.text(value))
            case Tag.id: event.record?.id = LogicalID(try reader.reference(value))
            case Tag.version: event.record?.version = try reader.number(value)
            case Tag.patient: event.patient = LogicalID(try reader.reference(value))
            case Tag.reason: event.reason = try reader.text(value)
            case Tag.status: event.status = Int(clamping: try reader.number(value))
            case Tag.requestID: event.origin.requestID = try reader.reference(value)
            case Tag.query:
                guard value.count >= 8 else { throw PayloadReader.malformed }
                event.query.append(QueryParameter(name: try reader.text(value.dropFirst(8)),
                    digest: Array(value.prefix(8))))
            case Tag.count: event.count = Int(clamping: try reader.number(value))
            case Tag.detail: event.details.append(try reader.detail(value))
            default: event.unknown.append(.init(tag: tag, value: Array(value)))
            }
        }
    }
}

/// Writes fields of a payload.
struct PayloadWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    mutating func field(_ tag: UInt8, _ value: some Collection<UInt8>) {
        bytes.append(tag)
        appendLength(value.count)
        bytes += value
    }

    mutating func text(_ tag: UInt8, _ value: String?) {
        if let value { field(tag, value.utf8) }
    }

    mutating func number(_ tag: UInt8, _ value: UInt64?) {
        if let value { field(tag, Self.leb128(value)) }
    }

    mutating func reference(_ tag: UInt8, _ value: String?) {
        guard let value else { return }
        bytes.append(tag)
        if let uuid = LogicalID(value)?.uuidBytes {
            appendLength(17)
            bytes.append(1)
            bytes += uuid
        } else {
            appendLength(value.utf8.count + 1)
            bytes.append(0)
            bytes += value.utf8
        }
    }

    static func leb128(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }

    private mutating func appendLength(_ count: Int) {
        if count < 0x80 { bytes.append(UInt8(count)) } else { bytes += Self.leb128(UInt64(count)) }
    }
}

/// Reads fields of a payload; it trusts no length.
struct PayloadReader {
    static let malformed = AuditError(.malformed, "the payload of the entry has another form")
    private var rest: ArraySlice<UInt8>

    init(_ payload: [UInt8]) { rest = payload[...] }

    /// The next field, or nil at the end.
    mutating func next() throws(AuditError) -> (tag: UInt8, value: ArraySlice<UInt8>)? {
        guard let tag = rest.popFirst() else { return nil }
        let length = try Self.leb128(&rest)
        guard length <= UInt64(rest.count) else { throw Self.malformed }
        let value = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return (tag, value)
    }

    func text(_ value: ArraySlice<UInt8>) throws(AuditError) -> String {
        guard let text = String(validating: value, as: UTF8.self) else { throw Self.malformed }
        return text
    }

    func reference(_ value: ArraySlice<UInt8>) throws(AuditError) -> String {
        switch value.first {
        case 1 where value.count == 17: return LogicalID(uuid: Array(value.dropFirst())).text
        case 0: return try text(value.dropFirst())
        default: throw Self.malformed
        }
    }

    func number(_ value: ArraySlice<UInt8>) throws(AuditError) -> UInt64 {
        var rest = value
        let number = try Self.leb128(&rest)
        guard rest.isEmpty else { throw Self.malformed }
        return number
    }

    func detail(_ value: ArraySlice<UInt8>) throws(AuditError) -> AuditEvent.Detail {
        var rest = value
        let length = try Self.leb128(&rest)
        guard length <= UInt64(rest.count) else { throw Self.malformed }
        return .init(try text(rest.prefix(Int(length))), try text(rest.dropFirst(Int(length))))
    }

    private static func leb128(_ bytes: inout ArraySlice<UInt8>) throws(AuditError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            guard shift < 63 else { throw malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw malformed
    }
}
