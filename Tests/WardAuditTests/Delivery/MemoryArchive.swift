import Synchronization
@testable import WardAudit
import WardTesting

/// An archive in memory that fails when told to: before a segment is put, or after, as when the process is killed.
final class MemoryArchive: SegmentArchive {
    let kind = "memory"
    let segments = Mutex<[String: [UInt8]]>([:])
    let failure = Mutex<FaultyAuditStore.Moment?>(nil)
    let isAway = Mutex(false)

    func probe() async throws {}

    func put(_ bytes: [UInt8], as name: String, until: Int64) async throws -> Bool {
        let moment = failure.withLock { $0 }
        if moment == .before { throw AuditError(.unavailable, "before") }
        let isNew = segments.withLock { segments in
            defer { if segments[name] == nil { segments[name] = bytes } }
            return segments[name] == nil
        }
        if moment == .after { throw AuditError(.unavailable, "after") }
        return isNew
    }

    func get(_ name: String) async throws -> [UInt8]? { segments.withLock { $0[name] } }
    func names() async throws -> [String] {
        if isAway.withLock({ $0 }) { throw AuditError(.unavailable, "away") }
        return segments.withLock { $0.keys.sorted() }
    }
}
