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
        for detail in event.details { writer.detail(Tag.detail, name: detail.name, value: detail.value) }
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
