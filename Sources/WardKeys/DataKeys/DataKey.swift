internal import Crypto
internal import Synchronization

/// An open data key with its version and algorithm; what it seals goes through ``SealedEnvelope``.
///
/// Made only by ``TenantKeys``, which checks the commitment when it unwraps one. Copies share one key. The key's bytes
/// are not to be had outside this module, and its memory is zeroed when the last copy is gone (the scratch
/// copies of the ciphers' library during a call are its own care).
public struct DataKey: Sendable {
    private let storage: Storage

    /// The key's version; it stands in every message sealed under it.
    public var version: UInt32 { storage.version }

    /// How the key seals.
    public var algorithm: SealAlgorithm { storage.algorithm }

    /// The key of the patient's own index tokens; derived at first use, then kept.
    public var compartmentIndex: CompartmentIndexKey { storage.compartmentIndex() }

    init(_ key: SymmetricKey, version: UInt32, algorithm: SealAlgorithm) {
        storage = Storage(key, version: version, algorithm: algorithm)
    }

    /// The key itself: for this module only.
    var symmetricKey: SymmetricKey { storage.key }

    /// The derivation of message keys, where the algorithm has one.
    var extended: XAES? { storage.extended }

    /// Takes one message off what the key may seal in this process.
    /// - Throws: ``SealError`` with `.exhausted` past the algorithm's bound.
    func countMessage() throws(SealError) {
        let count = storage.messages.wrappingAdd(1, ordering: .relaxed).newValue
        guard count <= algorithm.messageLimit else { throw SealError(.exhausted) }
    }

    private final class Storage: Sendable {
        let key: SymmetricKey
        let version: UInt32
        let algorithm: SealAlgorithm
        let extended: XAES?
        let messages = Atomic<UInt64>(0)
        private let compartment = Mutex<CompartmentIndexKey?>(nil)

        init(_ key: SymmetricKey, version: UInt32, algorithm: SealAlgorithm) {
            self.key = key
            self.version = version
            self.algorithm = algorithm
            extended = algorithm == .xaes256GCM ? XAES(key) : nil
        }

        func compartmentIndex() -> CompartmentIndexKey {
            compartment.withLock { kept in
                if let kept { return kept }
                let made = CompartmentIndexKey(dataKey: key)
                kept = made
                return made
            }
        }
    }
}

extension DataKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "DataKey(version \(version))" }

    /// Shows the version only.
    public var customMirror: Mirror { Mirror(self, children: ["version": version]) }
}

/// The data keys of one owner, oldest version first; never empty.
public struct DataKeySet: Sendable {
    public let owner: DataKeyOwner
    public let keys: [DataKey]
    private let sealingIndex: Int

    /// Fails without a key. Versions must be in order.
    /// - Parameter sealing: the version that seals what is new; the newest where none is given or it is not there.
    public init?(owner: DataKeyOwner, keys: [DataKey], sealing version: UInt32? = nil) {
        guard !keys.isEmpty else { return nil }
        self.owner = owner
        self.keys = keys
        sealingIndex = keys.firstIndex { $0.version == version } ?? keys.count - 1
    }

    /// The newest version.
    public var newest: DataKey { keys[keys.count - 1] }

    /// The key that seals what is new: the newest, or the one before while the newest was only just made.
    public var sealing: DataKey { keys[sealingIndex] }

    /// The key of one version, or nil.
    public subscript(version: UInt32) -> DataKey? {
        let newest = newest
        return newest.version == version ? newest : keys.first { $0.version == version }
    }
}
