internal import WardDatabase
internal import WardSQLite
internal import WardSearch
internal import WardVault

/// Does what commands ask of the blind index.
struct IndexAdministration: Sendable {
    let house: House

    /// Epochs, partitions, sizes, and what is allowed in the index.
    func status() async throws -> IndexStatus {
        let size = try await house.records.indexSize()
        let epochs = house.vault.indexEpochs
        return IndexStatus(
            epochs: epochs.map {
                .init(epoch: $0.number, partitions: Int($0.partitions), isCurrent: $0.number == epochs.last?.number)
            },
            records: size.records, levels: size.levels.map { .init(name: $0.name, entries: $0.entries) },
            allowed: IndexPolicy.standard.listing(SearchCatalog.r4, types: FHIRDefinitionsTypes.stored))
    }
}

/// The blind index as it may be seen: names and numbers.
struct IndexStatus: Codable, Sendable {
    /// Oldest first; new tokens are made in the last.
    var epochs: [Epoch]
    /// Current versions that can be found by it.
    var records: Int
    var levels: [Level]
    /// What has terms, and what that shows.
    var allowed: [IndexPolicy.Listed]

    /// One epoch.
    struct Epoch: Codable, Sendable {
        var epoch: UInt32
        var partitions: Int
        var isCurrent: Bool
    }

    /// Entries in one level of the engine.
    struct Level: Codable, Sendable {
        var name: String
        var entries: Int
    }

    /// For people.
    var text: String {
        let epochs = epochs.map { "epoch \($0.epoch)\t\($0.partitions) partitions\($0.isCurrent ? "\tcurrent" : "")" }
        let sizes = ["\(records) records"] + levels.map { "\($0.name): \($0.entries) entries" }
        let allowed = allowed.map { item in
            "\(item.parameter)\t\(item.type)\t\(item.families.joined(separator: " + "))\t\(item.resources.count) types\tshows \(item.shows)"
        }
        return (epochs + [sizes.joined(separator: ", ")] + allowed).joined(separator: "\n")
    }
}
