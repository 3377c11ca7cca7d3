public import WardDatabase

/// The header of an entry, in the clear: what routing, retention and verification need, and nothing that names a
/// person.
///
/// All integers are big endian.
///
/// | Offset | Bytes | Field |
/// | --- | --- | --- |
/// | 0 | 1 | format: 1 |
/// | 1 | 16 | event id, UUID version 7 |
/// | 17 | 8 | time, µs since 1970-01-01T00:00:00Z, signed |
/// | 25 | 4 | tenant |
/// | 29 | 1 | class: number of the ``EventKind`` |
/// | 30 | 1 | action: `C` `R` `U` `D` `E` in ASCII |
/// | 31 | 1 | outcome: 0, 4, 8, 12 |
/// | 32 | 16 | patient pseudonym; zeros where there is no patient |
/// | 48 | 16 | agent pseudonym; zeros where there is no agent |
/// | 64 | 8 | emitter |
/// | 72 | 8 | emitter sequence, from 1 on |
/// | 80 | 32 | SHA-256 of the sealed resource that was written; zeros where none was |
/// | 112 | 4 | version of the audit key that seals the payload |
/// | 116 | n | sealed payload, then its tag of 16 bytes (``EntrySealer``) |
public struct EntryHeader: Sendable, Equatable {
    public var eventID: EventID
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var time: Int64
    public var tenant: TenantID
    public var kind: EventKind
    public var action: EventAction
    public var outcome: EventOutcome
    /// 16 bytes.
    public var patient: [UInt8]
    /// 16 bytes.
    public var agent: [UInt8]
    public var emitter: EmitterID
    /// Dense for each emitter, from 1 on.
    public var sequence: UInt64
    /// 32 bytes.
    public var digest: [UInt8]
    /// The version of the key-encryption key from which the audit key comes.
    public var keyVersion: UInt32

    /// The number that the first byte of an entry of this format has.
    public static let format: UInt8 = 1
    /// Bytes of a header.
    public static let byteCount = 116
    /// The smallest entry: a header and the tag of an empty payload.
    public static let smallestEntry = byteCount + 16

    /// Times that an entry can have: the years 1 to 9999.
    static let times = CalendarDate.start(ofYear: 1)..<CalendarDate.start(ofYear: 10_000)

    enum Offset {
        static let eventID = 1
        static let time = 17
        static let tenant = 25
        static let kind = 29
        static let action = 30
        static let outcome = 31
        static let patient = 32
        static let agent = 48
        static let emitter = 64
        static let sequence = 72
        static let digest = 80
        static let keyVersion = 112
    }

    /// Reads the header of an entry.
    /// - Throws: ``AuditError`` with `.malformed` where the entry is too short or too long, has another format, no
    ///   event id of version 7, or a time outside ``times``.
    public init(parsing entry: some Collection<UInt8>) throws(AuditError) {
        let bytes = Array(entry.prefix(Self.byteCount))
        guard entry.count >= Self.smallestEntry, entry.count <= AuditLimits.entryBytes, bytes[0] == Self.format,
              bytes[Offset.eventID + 6] >> 4 == 7, let id = EventID(Array(bytes[Offset.eventID..<Offset.time])) else {
            throw AuditError(.malformed, "this is no audit entry of format 1")
        }
        eventID = id
        time = Int64(bitPattern: Self.integer(bytes, Offset.time))
        guard Self.times.contains(time) else {
            throw AuditError(.malformed, "an audit entry is of no year from 1 to 9999")
        }
        tenant = TenantID(rawValue: UInt32(truncatingIfNeeded: Self.integer(bytes, Offset.tenant - 4)))
        kind = EventKind(rawValue: bytes[Offset.kind])
        action = EventAction(rawValue: bytes[Offset.action])
        outcome = EventOutcome(rawValue: bytes[Offset.outcome])
        patient = Array(bytes[Offset.patient..<Offset.agent])
        agent = Array(bytes[Offset.agent..<Offset.emitter])
        emitter = EmitterID(rawValue: Self.integer(bytes, Offset.emitter))
        sequence = Self.integer(bytes, Offset.sequence)
        digest = Array(bytes[Offset.digest..<Offset.keyVersion])
        keyVersion = UInt32(truncatingIfNeeded: Self.integer(bytes, Offset.keyVersion - 4))
    }

    init(
        eventID: EventID, time: Int64, tenant: TenantID, kind: EventKind, action: EventAction, outcome: EventOutcome,
        patient: [UInt8], agent: [UInt8], emitter: EmitterID, sequence: UInt64, digest: [UInt8], keyVersion: UInt32
    ) {
        self.eventID = eventID
        self.time = time
        self.tenant = tenant
        self.kind = kind
        self.action = action
        self.outcome = outcome
        self.patient = patient
        self.agent = agent
        self.emitter = emitter
        self.sequence = sequence
        self.digest = digest
        self.keyVersion = keyVersion
    }

    /// Appends the 116 bytes.
    func append(to bytes: inout [UInt8]) {
        bytes.append(Self.format)
        bytes += eventID.bytes
        Self.append(UInt64(bitPattern: time), to: &bytes)
        bytes += tenant.bytes
        bytes += [kind.rawValue, action.rawValue, outcome.rawValue]
        bytes += patient
        bytes += agent
        Self.append(emitter.rawValue, to: &bytes)
        Self.append(sequence, to: &bytes)
        bytes += digest
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: keyVersion >> UInt32(shift))) }
    }

    /// The time of an entry that is long enough, without reading the rest.
    static func time(of entry: ArraySlice<UInt8>) -> Int64 {
        let start = entry.startIndex + Offset.time
        return Int64(bitPattern: entry[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// Writes the emitter sequence into an encoded entry.
    static func setSequence(_ sequence: UInt64, in entry: inout [UInt8]) {
        for index in 0..<8 {
            entry[Offset.sequence + index] = UInt8(truncatingIfNeeded: sequence >> UInt64(56 - 8 * index))
        }
    }

    private static func integer(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * index))) }
    }
}

/// Who numbered an entry: each emitter counts its own entries from 1 on without gaps, so a lost or doubled entry shows.
public struct EmitterID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The outbox of the record store; its numbers go on over the life of the store.
    public static let outbox = EmitterID(rawValue: 1)

    /// A process that appends directly, from its start to its end: the highest bit is set, the others are random.
    public static func process(random: UInt64) -> EmitterID { EmitterID(rawValue: random | 1 << 63) }

    /// `outbox`, or the number in hexadecimal.
    public var description: String { self == .outbox ? "outbox" : String(rawValue, radix: 16) }
}
