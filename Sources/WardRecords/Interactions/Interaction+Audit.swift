internal import WardAccess
internal import WardAudit

extension Interaction {
    /// The interaction's code, by which it is decided.
    var kind: InteractionKind {
        switch self {
        case .capabilities: .capabilities
        case .read: .read
        case .vread: .vread
        case .update: .update
        case .delete: .delete
        case .historyInstance: .historyInstance
        case .create: .create
        case .searchType: .searchType
        case .bundle: .batch
        }
    }

    /// The event that tells of it, where it ends before it could tell more itself.
    func event(by origin: EventOrigin) -> AuditEvent {
        switch self {
        case .read(FHIRService.auditEventType, _), .vread(FHIRService.auditEventType, _, _): Self.reading("fhir-read", origin)
        case .searchType(FHIRService.auditEventType): Self.reading("fhir-search", origin)
        default: ofRecords(by: origin)
        }
    }

    /// A reading of the log.
    private static func reading(_ what: String, _ origin: EventOrigin) -> AuditEvent {
        var event = AuditEvent(.logRead, by: origin, record: .init(type: FHIRService.auditEventType))
        event.details = [.init("what", what)]
        return event
    }

    private func ofRecords(by origin: EventOrigin) -> AuditEvent {
        switch self {
        case .capabilities:
            var event = AuditEvent(.operation, by: origin)
            event.interaction = "capabilities"
            return event
        case .bundle: return AuditEvent(.batch, by: origin)
        case .read(let type, let id): return AuditEvent(.read, by: origin, record: .init(type: type, id: id))
        case .vread(let type, let id, let version):
            return AuditEvent(.vread, by: origin, record: .init(type: type, id: id, version: version))
        case .update(let type, let id): return AuditEvent(.update, by: origin, record: .init(type: type, id: id))
        case .delete(let type, let id): return AuditEvent(.delete, by: origin, record: .init(type: type, id: id))
        case .historyInstance(let type, let id): return AuditEvent(.history, by: origin, record: .init(type: type, id: id))
        case .create(let type): return AuditEvent(.create, by: origin, record: .init(type: type))
        case .searchType(let type): return AuditEvent(.search, by: origin, record: .init(type: type))
        }
    }
}
