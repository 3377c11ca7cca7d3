public import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardVault

extension ShreddingDesk {
    /// Does the next step of a confirmed request, and says how far it is.
    /// - Throws: ``ShreddingError`` with `.notConfirmed`, or what a store or the key service throws; calling again goes
    ///   on.
    public func advance(_ id: String, by origin: EventOrigin) async throws -> ShreddingStatus {
        let item = try await item(id)
        do {
            switch item.value.state {
            case .asked: throw ShreddingError(.notConfirmed)
            case .confirmed: return try await destroyKeys(item, origin)
            case .keysDestroyed: return try await withdraw(item, origin)
            case .withdrawn: return try await renew(item, origin, to: .keysRenewed)
            case .keysRenewed: return try await renewIndex(item, origin)
            case .indexRenewed: return try await renew(item, origin, to: .done)
            case .done: return ShreddingStatus(item.id, item.value)
            }
        } catch {
            throw Self.raced(error)
        }
    }

    /// Goes on with every request that was confirmed and is not done.
    public func resume(by origin: EventOrigin = .system()) async throws {
        // The keys of every patient go before the index is made anew for the first.
        for end in [ShredRequest.State.keysRenewed, .done] {
            for item in try await requests.all(limit: 1_000) where item.value.state != .asked {
                var state = item.value.state
                while state < end {
                    try Task.checkCancellation()
                    state = try await advance(item.id.text, by: origin).request.state
                }
            }
        }
    }

    /// Brings the key store and the record store to the same state where one of them was restored from a backup that
    /// is older than a shredding: what the other says is destroyed is destroyed again. It is done before anything is
    /// served; ``resume(by:)`` does the rest.
    ///
    /// What the two stores say in clear, whoever has their files can write. Keys are destroyed for it only where a sealed
    /// request that two persons made says so too; else it is told to the log, and nothing is done.
    public func reconcile() async throws {
        let destroyed = try await vault.destroyedKeys()
        let closed = try await vault.closedCompartments()
        for tombstone in destroyed where !closed.contains(tombstone.patient) {
            if let order = try await order(for: tombstone.patient) {
                try await destroyAgain(tombstone.patient, request: order)
            } else if try await !vault.isKeyStored(tombstone.patient) {
                // The keys are gone: all that is left to do is to take the patient out of the index.
                try await destroyAgain(tombstone.patient, request: try await unusedID(tombstone.request))
            } else {
                try await tellUnordered(tombstone.patient)
            }
        }
        for patient in closed.subtracting(destroyed.map(\.patient)).sorted() {
            if let known = try await order(for: patient) {
                try await destroyAgain(patient, request: known)
            } else {
                try await tellUnordered(patient)
            }
        }
    }

    /// The request of two persons to shred a patient; nil where there is none.
    private func order(for patient: LogicalID) async throws -> LogicalID? {
        try await requests.find("patient", patient.text).first { $0.value.state != .asked && $0.value.confirmedBy != nil }?.id
    }

    /// The id under which a destruction is noted that nobody ordered here: that of the tombstone, which whoever has the
    /// file can write, only where no request has it.
    private func unusedID(_ id: LogicalID) async throws -> LogicalID {
        try await requests.get(id) == nil ? id : ids.nextLogicalID()
    }

    private func tellUnordered(_ patient: LogicalID) async throws {
        let event = event("shred-unordered", nil, patient, .system())
            .ended(.seriousFailure, reason: "marked as shredded without an order of two persons")
        try await log.record(event)
    }

    private func destroyAgain(_ patient: LogicalID, request id: LogicalID) async throws {
        let count = try await vault.destroyKeys(of: patient, request: id, now: clock.now())
        let known = try await requests.get(id)
        var request =
            known?.value
            ?? ShredRequest(patient: patient.text, reason: "", askedBy: nil, askedAt: clock.now(), state: .confirmed)
        request.state = .keysDestroyed
        request.keyEncryptionKey = keys.newestVersion()
        request.walkedThrough = 0
        try await note(request, id, known?.version, "shred-repeated", .system(), count: count)
    }

    private func destroyKeys(_ item: CollectionItem<ShredRequest>, _ origin: EventOrigin) async throws -> ShreddingStatus {
        var request = item.value
        let patient = try Self.patient("Patient/\(request.patient)")
        request.keyEncryptionKey = keys.newestVersion()
        request.destroyedKeys = try await vault.destroyKeys(of: patient, request: item.id, now: clock.now())
        request.state = .keysDestroyed
        return try await note(
            request, item.id, item.version, "shred-keys-destroyed", origin, count: request.destroyedKeys)
    }

    private func withdraw(_ item: CollectionItem<ShredRequest>, _ origin: EventOrigin) async throws -> ShreddingStatus {
        var request = item.value
        let patient = try Self.patient("Patient/\(request.patient)")
        let page = try await vault.compartment(of: patient, after: request.walkedThrough)
        request.withdrawnVersions += page.sequences.count
        if let next = page.next {
            request.walkedThrough = next
        } else {
            request.indexEpoch = index.newestEpoch()
            request.state = .withdrawn
        }
        return try await note(
            request, item.id, item.version, "shred-withdrawn", origin, count: page.sequences.count,
            withdrawing: page.sequences)
    }

    /// Destroys what has wrapped a key that was destroyed for the request.
    private func renew(
        _ item: CollectionItem<ShredRequest>, _ origin: EventOrigin, to state: ShredRequest.State
    ) async throws -> ShreddingStatus {
        var request = item.value
        guard request.confirmedBy != nil else {
            // Nobody ordered this one here: what wraps the keys of everybody is not renewed for it.
            request.state = .done
            return try await note(request, item.id, item.version, "shred-done", origin, count: 0)
        }
        let change = try await keys.renew(request.keyEncryptionKey)
        request.kept = Set(request.kept + change.kept).sorted()
        request.state = state
        return try await note(request, item.id, item.version, "shred-\(state.rawValue)", origin, count: change.destroyed.count)
    }

    /// Makes the index anew, for a while.
    private func renewIndex(_ item: CollectionItem<ShredRequest>, _ origin: EventOrigin) async throws -> ShreddingStatus {
        let progress = try await index.step(item.value.indexEpoch, origin)
        guard progress.isFinished else { return ShreddingStatus(item.id, item.value, index: progress) }
        var request = item.value
        request.keyEncryptionKey = keys.newestVersion()
        request.state = .indexRenewed
        return try await note(request, item.id, item.version, "shred-index-renewed", origin, count: Int(progress.of))
    }

    /// Writes how far a request is, in one transaction with the entry of the audit log that tells of it.
    @discardableResult
    private func note(
        _ request: ShredRequest, _ id: LogicalID, _ version: UInt64?, _ what: String, _ origin: EventOrigin, count: Int,
        withdrawing: [Int64] = []
    ) async throws -> ShreddingStatus {
        var told = event(what, id, try Self.patient("Patient/\(request.patient)"), origin)
        told.count = count
        try await requests.put(
            id, request, expecting: version, preconditions: [], withdrawing: withdrawing, events: [try log.seal(told)])
        return ShreddingStatus(id, request)
    }
}
