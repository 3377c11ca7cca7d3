public import WardDatabase
internal import WardKeys

/// One epoch of the blind index: a key of its own, how many parts the tokens of patients are split in, and what is indexed.
public struct IndexEpoch: Sendable {
    /// Its number.
    public var number: UInt32 { key.epoch }
    /// In how many parts population tokens of patients are split.
    public var partitions: UInt8 { key.partitions }
    /// What the epoch indexes, as whoever began it wrote it; nil for the first epoch of a home.
    public var policy: String? { key.policy }

    let key: BlindIndexKey
}

/// Tokens that a query asks for, and the newest epoch that they were made for.
public struct AskedTokens: Sendable {
    /// A record qualifies if it carries at least one token of each group; without groups every record does.
    public var groups: [[Int64]]
    public var epoch: UInt32

    /// Tokens that ask for nothing in particular.
    public static let none = AskedTokens(groups: [], epoch: 0)
}

extension Vault {
    /// How often tokens are made anew because the epochs of the index changed in between; that takes minutes at least, so
    /// that more often means that keys and store do not belong together.
    public static let epochAttempts = 8

    /// The epochs of the index, oldest first: new tokens are those of the last, and queries ask for those of all.
    ///
    /// Take them once for each query, so that its plan and its tokens are of the same epochs.
    public var indexEpochs: [IndexEpoch] { keys.tenant.indexes.map { IndexEpoch(key: $0) } }

    /// The part of the newest epoch in which the population tokens of a record lie.
    public func partition(of patient: LogicalID?, type: String) -> UInt8 {
        guard let patient, Tokenizer.isPartitioned(type) else { return 0 }
        return keys.tenant.index.partition(of: patient.text)
    }

    /// In how many parts the population tokens of a type are split in the newest epoch.
    public func partitions(of type: String) -> UInt8 {
        Tokenizer.isPartitioned(type) ? keys.tenant.index.partitions : 1
    }
}
