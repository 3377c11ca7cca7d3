internal import Logging
internal import ServiceLifecycle
internal import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardRecords
internal import WardVault

/// Rotates keys that are older than the configuration wishes, and finishes rotations and shreddings that were interrupted: at the start of a
/// server, then every hour.
struct KeySchedule: Service {
    let house: House

    private static let interval = Duration.seconds(3_600)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await house.shredding.resume()
                } catch is CancellationError {
                    return
                } catch {
                    house.logger.error("a shredding did not end; it is gone on with in an hour", metadata: [
                        "error": "\(type(of: error))",
                    ])
                }
                do {
                    try await once()
                } catch is CancellationError {
                    return
                } catch {
                    house.logger.error("a scheduled rotation of keys did not end; it is gone on with in an hour", metadata: [
                        "reason": "\((error as? KeyError)?.code.rawValue ?? "failed")",
                    ])
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Does what is due now.
    func once() async throws {
        let administration = KeyAdministration(house: house)
        let status = try await administration.status()
        let roots = Set(status.keys.filter { $0.kind == .root && $0.isCurrent }.map(\.id))
        if status.keys.contains(where: { $0.wrappedBy.map { !roots.contains($0) } ?? false }) {
            _ = try await administration.perform(.keysRewrap, by: .system())
        } else if isDue(.root, "keys.rotate_root_days", status) {
            _ = try await administration.perform(.keysRotate(.root), by: .system())
        }
        if isDue(.token, "keys.rotate_token_days", status) {
            _ = try await administration.perform(.keysRotate(.token), by: .system())
        }
        try await administration.retireTokensAndLinks(.system())
        if isDue(.index, "keys.rotate_index_days", status) {
            // Its records are brought over by the service of the index.
            try await house.index.begin(by: .system())
        }
        try await rotateDataKeys(administration, status)
        if house.keyring.nextLog != nil || isDue(.log, "keys.rotate_log_days", status) {
            _ = try await administration.perform(.keysRotate(.log), by: .system())
        }
        let isUnfinished = status.keys.contains { $0.kind == .kek && !$0.isCurrent }
        guard isUnfinished || isDue(.kek, "keys.rotate_kek_days", status) else { return }
        if !isUnfinished { _ = try await administration.perform(.keysRotate(.kek), by: .system()) }
        var place: RewrapStep.Place?
        repeat {
            try Task.checkCancellation()
            guard case .rewrapStep(let step) = try await administration.perform(.dataKeysRewrap(after: place), by: .system())
            else { return }
            place = step.next
        } while place != nil
        _ = try await administration.perform(.keysRetire, by: .system())
    }

    /// Goes on with a rotation of data keys that has not ended, or begins one that is due.
    private func rotateDataKeys(_ administration: KeyAdministration, _ status: KeyringStatus) async throws {
        let days = house.configuration.whole("keys.rotate_dek_days")
        let last = status.dataKeyRotation
        let since = last?.begunAt ?? status.keys.filter { $0.kind == .kek }.compactMap(\.createdAt).min() ?? 0
        let isDue = days > 0 && SystemWallClock().now() - since >= Int64(days) * 86_400_000_000
        guard isDue || last?.isFinished == false else { return }
        if last?.isFinished ?? true { _ = try await administration.perform(.keysRotate(.dek), by: .system()) }
        var place: RewrapStep.Place?
        repeat {
            try Task.checkCancellation()
            guard case .dataKeyStep(let step) = try await administration.perform(.dataKeysRotate(after: place), by: .system())
            else { return }
            place = step.next
        } while place != nil
    }

    private func isDue(_ kind: KeyringStatus.Kind, _ setting: String, _ status: KeyringStatus) -> Bool {
        let days = house.configuration.whole(setting)
        // Before the first key of their own, tokens are signed with what is derived from the key-encryption key.
        let kind = kind == .token && !status.keys.contains { $0.kind == .token } ? .kek : kind
        guard days > 0, let age = status.keys.first(where: { $0.kind == kind && $0.isCurrent })?.ageDays else { return false }
        return age >= days
    }
}
