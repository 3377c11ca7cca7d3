internal import WardAudit
internal import WardKeys
internal import WardVault

extension KeyAdministration {
    init(house: House) {
        self.init(
            home: house.home, configuration: house.configuration, keyring: house.keyring, tenantKeys: house.tenantKeys,
            dataKeys: house.dataKeys, audit: house.audit, sequencer: house.sequencer, passphraseFile: house.passphraseFile)
    }

    /// How often the older key-encryption keys are tried to be destroyed: a data key that is being made at that moment keeps the one that
    /// wraps it.
    private static let attempts = 40

    /// Destroys whatever could open an older copy of the key store: makes a newer key-encryption key, moves every data key under it,
    /// destroys the older ones, and then renews the root, so that no older copy of the keyring opens either. A key service that keeps older
    /// roots is left as it is; the answer says so.
    func renew(past version: UInt32) async throws -> KeyChange {
        let origin = EventOrigin.system()
        var change = KeyChange()
        if tenantKeys.newestVersion <= version {
            // A rotation that was interrupted ends first.
            change.add(try await destroyOlder(origin))
            guard case .keyChange(let rotated) = try await perform(.keysRotate(.kek), by: origin) else { return change }
            change.add(rotated)
        }
        change.add(try await destroyOlder(origin))
        if try await keyring.keepsOldRoots() {
            change.kept += try await status().keys.filter { $0.kind == .root }.map(\.id)
        } else {
            guard case .keyChange(let rotated) = try await perform(.keysRotate(.root), by: origin) else { return change }
            change.add(rotated)
        }
        return change
    }

    /// Moves all data keys under the newest key-encryption key and destroys the older ones.
    private func destroyOlder(_ origin: EventOrigin) async throws -> KeyChange {
        var change = KeyChange()
        for _ in 0..<Self.attempts {
            guard try await status().keys.contains(where: { $0.kind == .kek && !$0.isCurrent }) else { return change }
            var place: RewrapStep.Place?
            repeat {
                guard case .rewrapStep(let step) = try await perform(.dataKeysRewrap(after: place), by: origin) else { return change }
                place = step.next
            } while place != nil
            guard case .keyChange(let retired) = try await perform(.keysRetire, by: origin) else { return change }
            change.add(retired)
            if retired.isEmpty { try await Task.sleep(for: .milliseconds(250)) }
        }
        throw KeyError(.unavailable, "an older key-encryption key is still in use; call again")
    }
}
