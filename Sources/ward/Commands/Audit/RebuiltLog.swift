internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import Logging
internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardSystem
internal import WardIdentity
internal import WardKeys
internal import WardSQLite

/// A log that was rebuilt and is not in its place yet: `audit.db.restoring`.
///
/// It is made whole where it lies: with what tells of a loss, and with the entry that tells of the restoring, signed. Then the
/// anchor is set, and last of all it is moved into its place. So whatever a kill leaves is no log, or a whole one: where the
/// entry is there, the next restoring in the same words (``RestoreWords``) finishes it, and else it begins anew.
struct RebuiltLog {
    let home: Home
    let keyring: Keyring
    /// Of the log's checkpoints.
    let keys: CheckpointKeys
    /// What was asked for.
    let words: RestoreWords

    var path: String { home.auditDatabase + ".restoring" }

    /// Removes it.
    func remove() {
        Self.remove(path)
        words.remove(beside: path)
    }

    /// Removes it, and takes note of what the next one is rebuilt for.
    func begin() async throws {
        try await takeBackAnchor()
        remove()
        try words.write(beside: path)
    }

    /// Puts the anchor back that a killed restoring replaced before its log was in its place: it is given up now.
    private func takeBackAnchor() async throws {
        let anchor = AnchorFile(path: home.auditAnchor)
        guard FileManager.default.fileExists(atPath: path), let set = try? anchor.read(),
              let before = try? AnchorFile(path: home.auditAnchor + ".before-restore").read(),
              let store = try? SQLiteAuditStore.open(path: path) else { return }
        let year = (try? await store.state().books.last?.year) ?? 0
        let head = (try? await store.head(of: year)) ?? nil
        await store.close()
        if head?.note == set.note { try anchor.write(before) }
    }

    /// The files that are there of the log in whose place it comes: its database, and what SQLite keeps beside it. Signed
    /// entries may lie in the latter alone.
    static func old(of home: Home) -> [String] {
        ["", "-wal", "-shm", "-journal"].map { home.auditDatabase + $0 }.filter { FileStatus(named: $0) != nil }
    }

    static func remove(_ path: String) {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    /// Writes what tells of the restoring as its next entry, and signs it.
    func complete(entries: Int64, loss: LossNote?) async throws {
        let store = try SQLiteAuditStore.open(path: path)
        do {
            if let loss { try await store.keepLoss(loss.bytes) }
            let log = try await AuditLog.open(
                store: store, origin: LogOrigin(deployment: HomeKeys.deployment(of: keyring)),
                keys: AuditKeys(tenant: keyring.tenant(TenantID.first.rawValue)), logger: Logger(label: "ward"))
            var event = AuditEvent(
                .restore, by: House.origin(LocalOperator.caller(osUser: OperatingSystemUser.name)), count: Int(clamping: entries),
                details: [.init("what", "audit-log"), .init("loss", loss == nil ? "none" : "accepted")])
            if let loss {
                // Everybody who verifies the log sees it by this outcome and digest, without any key.
                event = event.ended(.majorFailure, reason: "loss-accepted")
                let lost = loss.checkpoint.checkpoint
                event.details.append(AuditEvent.Detail("lost_from", String(loss.first)))
                event.details.append(AuditEvent.Detail("lost_book", lost.origin))
                event.details.append(AuditEvent.Detail("lost_size", String(lost.size)))
                try await log.record(event, digest: loss.digest)
            } else {
                try await log.record(event)
            }
            try await Sequencer(log: log, signer: CheckpointSigner(keyring.log), keys: keys, heartbeat: 0).sequenceAll()
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    /// What a killed restoring left, if that is a whole log with its entry.
    /// - Parameter kept: what is kept of the log outside it.
    func left(
        _ kept: (SQLiteAuditStore) async throws -> KeptCheckpoints
    ) async throws -> (entries: Int64, faults: [VerificationResult.FaultLine])? {
        guard FileManager.default.fileExists(atPath: path), words.are(beside: path),
              let store = try? SQLiteAuditStore.open(path: path) else { return nil }
        do {
            let found = try await whole(store, kept)
            await store.close()
            return found
        } catch let error as DatabaseError where error.code == .corrupt {
            await store.close()
            return nil
        } catch {
            await store.close()
            throw error
        }
    }

    private func whole(
        _ store: SQLiteAuditStore, _ kept: (SQLiteAuditStore) async throws -> KeptCheckpoints
    ) async throws -> (entries: Int64, faults: [VerificationResult.FaultLine])? {
        let state = try await store.state()
        guard let book = state.books.last, state.nextPosition > 0 else { return nil }
        let head = try await store.head(of: book.year)
        let last = try await store.entries(from: state.nextPosition - 1, limit: 1, maximumBytes: 1)
        guard let head, book.position(ofLeaf: head.size) == state.nextPosition, last.count == 1,
              let header = try? EntryHeader(parsing: last[0]), header.kind == .restore else { return nil }
        let outside = try await kept(store)
        let report = try await AuditVerifier(store: store, keys: keys, kept: outside.checkpoints).verify()
        // The loss that was accepted, and none beyond it.
        let note = try await store.losses().last.flatMap { try? LossNote(parsing: $0, keys: keys) }
        let isTold = header.outcome == .majorFailure && note?.digest == header.digest
        let isAccepted = isTold && !outside.checkpoints.contains {
            $0.checkpoint.isBeyond(report.head) && $0.checkpoint.isBeyond(note?.checkpoint)
        }
        let accepted: [Fault.Kind] = isAccepted ? [.lost, .rolledBack, .forked] : [.lost]
        let others = report.faults.filter { !accepted.contains($0.kind) }
        guard others.isEmpty, outside.faults.isEmpty else { return nil }
        return (state.nextPosition - state.expired, report.faults.map(VerificationResult.FaultLine.init))
    }

    /// Sets the anchor to where the log ends now, keeps the one before, and puts the log into its place.
    func place() async throws {
        let store = try SQLiteAuditStore.open(path: path)
        let head: SignedCheckpoint?
        do {
            let year = try await store.state().books.last?.year ?? 0
            head = try await store.head(of: year).map { try SignedCheckpoint(parsing: $0.note) }
            await store.close()
        } catch {
            await store.close()
            throw error
        }
        guard let head else { throw Failure("\(path): holds no checkpoint") }
        let old = Self.old(of: home)
        guard old.isEmpty else { throw Failure("\(old.joined(separator: ", ")): is there again; move it aside first, it is evidence") }
        RebuiltLog.remove(home.auditIndex)
        let anchor = AnchorFile(path: home.auditAnchor)
        if let old = try? anchor.read(), old != head { try AnchorFile(path: home.auditAnchor + ".before-restore").write(old) }
        try anchor.write(head)
        guard rename(path, home.auditDatabase) == 0 else { throw Failure("\(home.auditDatabase): the log cannot be put in its place") }
        words.remove(beside: path)
        let folder = open(home.audit, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
