internal import FoundationEssentials

/// The file `handovers` in the log's folder: how the log went from one key to the next, for those who have the log, a
/// key of it that they trust, and nothing else of the home.
///
/// A line a handover, oldest first: the note in base64. Nothing in it needs to be trusted, since each handover is
/// signed by the key before and the key after it: whoever trusts one of the keys trusts all of a chain that it is part
/// of. An older key that was stolen can make another chain; who trusts a newer one sees that it is not in it.
public struct HandoverFile: Sendable {
    private let file: DurableFile

    /// The file in a log's folder; it is there once a key was rotated.
    public init(folder: String) {
        file = DurableFile(folder + "/handovers")
    }

    /// Writes what is not there yet, and anew what somebody changed, which is kept beside it (`handovers.damaged`); durable on
    /// return.
    /// - Throws: ``AuditError`` with `.unavailable`, also where the file tells of handovers to keys that are newer than
    ///   these: they are not taken away.
    public func write(_ handovers: [Handover]) throws(AuditError) {
        let text = Array(handovers.map { Data($0.checkpoint.note).base64EncodedString() + "\n" }.joined().utf8)
        let present = try file.read() ?? []
        guard present.count <= text.count || !present.starts(with: text) || (try? Self.parse(present)) == nil else {
            throw AuditError(
                .unavailable,
                """
                log.key in the keys folder is older than the log, whose key was rotated since; restore the newest keys \
                folder of this home
                """)
        }
        guard present != text else { return }
        if !text.starts(with: present) { try file.setAside() }
        try file.replace(text)
    }

    /// The keys of the log for somebody who trusts one of them. A rotation that happens meanwhile is followed.
    /// - Parameter trusted: Ed25519, 32 bytes.
    /// - Throws: ``AuditError``: `.unavailable`; `.tampered` where the file is none, or the key is not in the chain.
    public func keys(trusting trusted: [UInt8]) throws(AuditError) -> CheckpointKeys {
        CheckpointKeys(try succession(trusting: trusted), source: { try succession(trusting: trusted) })
    }

    /// What is wrong with the file by what the home itself knows of its log's key; nil where nothing is.
    public func fault(against handovers: [Handover]) -> Fault? {
        let content: [UInt8]?
        do throws(AuditError) {
            content = try file.read()
        } catch {
            return Fault(.changed, error.context)
        }
        guard let present = content else {
            return handovers.isEmpty ? nil : Fault(.removed, "the handovers of the log's key are missing (audit/handovers)")
        }
        let found = try? Self.parse(present).map(\.checkpoint.note), known = handovers.map(\.checkpoint.note)
        // A rotation that is under way may have written one more, or not yet.
        if let found, found.starts(with: known) || known.starts(with: found) { return nil }
        return Fault(.signature, "the handovers of the log's key (audit/handovers) are not those that its keys signed")
    }

    private static func parse(_ bytes: [UInt8]) throws(AuditError) -> [Handover] {
        var handovers: [Handover] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let note = Data(base64Encoded: String(line)) else {
                throw AuditError(.tampered, "the file handovers of the log is not what a rotation of its key leaves")
            }
            handovers.append(try Handover(parsing: Array(note)))
        }
        return handovers
    }

    private func succession(trusting trusted: [UInt8]) throws(AuditError) -> CheckpointKeys.Succession {
        let handovers = try Self.parse(try file.read() ?? [])
        let succession = try CheckpointKeys.Succession(handovers, newest: handovers.last?.newer ?? trusted)
        guard succession.all.contains(trusted) else {
            throw AuditError(.tampered, "the key that is trusted is none of those in the file handovers of the log")
        }
        return succession
    }
}
