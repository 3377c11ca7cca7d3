internal import Foundation
internal import WardAudit

/// What differs between the configuration of this start and that of the last one.
///
/// The last one lies beside the records, in the clear, as `ward.yaml` does: neither holds a secret. Where it is missing,
/// every key counts as changed: nobody can tell.
struct ConfigurationChange: Sendable, Equatable {
    /// Names of keys with what became of them, by name.
    let details: [AuditEvent.Detail]

    /// Compares, tells the log, and remembers.
    /// - Throws: ``AuditError`` where the log cannot be written; ``Failure`` where the file cannot be.
    static func record(_ configuration: WardConfiguration, in home: Home, by origin: EventOrigin, to log: AuditLog) async throws {
        let now = configuration.settings
        let change = ConfigurationChange(from: last(home), to: now)
        guard !change.details.isEmpty else { return }
        try await log.record(AuditEvent(.configurationChange, by: origin, count: change.details.count, details: change.details))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(now).write(to: URL(fileURLWithPath: home.lastConfiguration), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: home.lastConfiguration)
        } catch {
            throw Failure("\(home.lastConfiguration): cannot be written")
        }
    }

    init(from old: [String: String]?, to new: [String: String]) {
        details = ConfigurationKey.all.compactMap { key in
            let (before, after) = (old?[key.name], new[key.name])
            guard old == nil ? after != nil : before != after else { return nil }
            // A path or a name may say more than an auditor needs.
            guard key.form.isShown else { return .init(key.name, after == nil ? "removed" : before == nil ? "set" : "changed") }
            return .init(key.name, old == nil ? "\(after ?? "none")" : "\(before ?? "none") to \(after ?? "none")")
        }
    }

    private static func last(_ home: Home) -> [String: String]? {
        FileManager.default.contents(atPath: home.lastConfiguration).flatMap {
            try? JSONDecoder().decode([String: String].self, from: $0)
        }
    }
}
