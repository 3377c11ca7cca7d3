public import WardDatabase
internal import WardKeys

/// One epoch of the blind index: a key of its own, and how many parts the tokens of patients are split in.
public struct IndexEpoch: Sendable, Hashable {
    /// Its number; each has another random key.
    public var number: UInt32
    /// In how many parts population tokens of patients are split.
    public var partitions: UInt8
}

extension Vault {
    /// The epochs of the index, oldest first; new tokens are those of the last.
    public var indexEpochs: [IndexEpoch] {
        keys.tenant.indexes.map { IndexEpoch(number: $0.epoch, partitions: $0.partitions) }
    }

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
