internal import WardDatabase

/// Checks what the headers of entries say by themselves: form, ids, numbering of each emitter, time. Memory grows with
/// emitters only.
struct EmitterCheck: Sendable {
    private(set) var faults: [Fault] = []
    private var next: [UInt64: UInt64] = [:]
    private var last: (emitter: UInt64, next: UInt64) = (0, 0)
    private var newestOutbox = Int64.min
    private var newestDirect = Int64.min
    private var recent = RecentEvents()

    /// Entries that tell of a loss; at most ``AuditVerifier/faultBound``.
    private(set) var losses: [Loss] = []

    /// Times that a clock showed which was ahead, and was taken back: from the earliest acceptance since to the newest entry before the
    /// first.
    private(set) var takenBack: [ClosedRange<Int64>] = []
    /// The first and the last entry dated later than it is now, unless an acceptance took the time back since.
    private(set) var ahead: ClosedRange<Int64>?
    /// Where the witness contradicted the log first, and did not vouch for it again in a later entry.
    private(set) var contradicted: Int64?
    /// The newest entry that came from the outbox: its number, and its event's id as it lies there.
    private var lastOfOutbox: (number: UInt64, event: UInt128)?

    /// Digests of entries that tell of rows which were taken aside; at most ``AuditVerifier/faultBound``.
    private(set) var toldAside: Set<[UInt8]> = []

    private let isWhole: Bool
    /// The latest time that an entry can have by the clock of the verifier.
    private let latest: Int64

    /// An entry with which a log went on that had lost signed ones.
    struct Loss: Sendable {
        var position: Int64
        /// Of the note that tells what was lost.
        var digest: [UInt8]
    }

    /// A check of a log from its first entry on, or of a part of it, in which an emitter may begin at any number.
    /// - Parameter now: the time, in microseconds since 1970-01-01T00:00:00Z; nil where entries are held against no clock.
    init(isWhole: Bool = true, now: Int64? = nil) {
        self.isWhole = isWhole
        latest = now.map { $0 &+ Self.skew } ?? .max
    }

    /// How far the clock of a verifier may be behind that of the log, in microseconds.
    static let skew: Int64 = 300_000_000

    /// How far the time of an entry may be behind that of an earlier one, in microseconds: events wait for their
    /// transaction.
    static let clockTolerance: Int64 = 60_000_000

    /// Whether bytes have the form of an entry.
    static func isEntry(_ entry: UnsafeRawBufferPointer) -> Bool {
        entry.count >= EntryHeader.smallestEntry && entry[0] == EntryHeader.format
            && entry[EntryHeader.Offset.eventID + 6] >> 4 == 7
            && EntryHeader.times.contains(Int64(bitPattern: integer(entry, EntryHeader.Offset.time)))
    }

    /// Takes the next entry.
    mutating func take(_ entry: UnsafeRawBufferPointer, position: Int64, year: Int?) {
        guard Self.isEntry(entry) else {
            return report(Fault(.malformed, entry: position, year: year, "this is no entry of format 1"))
        }
        let emitter = Self.integer(entry, EntryHeader.Offset.emitter)
        let sequence = Self.integer(entry, EntryHeader.Offset.sequence)
        let time = Int64(bitPattern: Self.integer(entry, EntryHeader.Offset.time))
        if !recent.take(entry) {
            report(Fault(.duplicate, entry: position, year: year, "an earlier entry has the same event id"))
        }
        checkSequence(emitter, sequence, position: position, year: year)
        takeAcceptance(entry, time)
        if time > latest { ahead = (ahead?.lowerBound ?? position)...max(position, ahead?.lowerBound ?? position) }
        if entry[EntryHeader.Offset.kind] == EventKind.witness.rawValue {
            switch entry[EntryHeader.Offset.outcome] {
            case EventOutcome.majorFailure.rawValue: contradicted = contradicted ?? position
            case EventOutcome.success.rawValue: contradicted = nil
            default: break
            }
        }
        if entry[EntryHeader.Offset.kind] == EventKind.restore.rawValue,
           entry[EntryHeader.Offset.outcome] == EventOutcome.majorFailure.rawValue,
           losses.count < AuditVerifier.faultBound {
            losses.append(Loss(position: position, digest: Self.digest(of: entry)))
        }
        if emitter == EmitterID.outbox.rawValue {
            let id = entry.loadUnaligned(fromByteOffset: EntryHeader.Offset.eventID, as: UInt128.self)
            lastOfOutbox = (sequence, id)
            newestOutbox = checkTime(time, newest: newestOutbox, position: position, year: year)
        } else {
            newestDirect = checkTime(time, newest: newestDirect, position: position, year: year)
        }
    }

    /// An acceptance of the clock takes the time back; one of a tail tells of rows that were taken aside.
    private mutating func takeAcceptance(_ entry: UnsafeRawBufferPointer, _ time: Int64) {
        guard entry[EntryHeader.Offset.kind] == EventKind.acceptance.rawValue else { return }
        let digest = Self.digest(of: entry)
        if toldAside.count < AuditVerifier.faultBound { toldAside.insert(digest) }
        guard digest == ClockAcceptance.digest else { return }
        let newest = max(newestOutbox, newestDirect)
        // One that is ahead itself takes nothing back to the time that it is.
        if time <= latest { ahead = nil }
        takeBack(to: time, from: newest)
        newestOutbox = min(newestOutbox, time)
        newestDirect = min(newestDirect, time)
    }

    /// Notes a time that was taken back. The acceptances before it that are later were of a clock that was still ahead: what they took
    /// back went as far back as this. Where there are more than are kept, the last one goes as far back as the one before.
    mutating func takeBack(to time: Int64, from newest: Int64) {
        takenBack = takenBack.map { min(time, $0.lowerBound)...$0.upperBound }
        guard newest > time else { return }
        if takenBack.count < AuditVerifier.faultBound {
            takenBack.append(time...newest)
        } else if let last = takenBack.popLast() {
            takenBack.append(min(last.lowerBound, time)...max(last.upperBound, newest))
        }
    }

    /// The newest entry that came from the outbox, as a cursor that names it; nil where none did.
    var newestOfOutbox: OutboxCursor? {
        lastOfOutbox.map { last in
            OutboxCursor(number: Int64(clamping: last.number), event: withUnsafeBytes(of: last.event) { EventID(Array($0)) })
        }
    }

    /// Lets what was found so far be: it is about entries that are only compared with.
    mutating func forgetFaults() {
        faults = []
        losses = []
    }

    private mutating func checkSequence(_ emitter: UInt64, _ sequence: UInt64, position: Int64, year: Int?) {
        if emitter != last.emitter {
            if last.emitter != 0 { next[last.emitter] = last.next }
            last = (emitter, next[emitter] ?? (isWhole ? 1 : sequence))
        }
        if sequence > last.next {
            let missing = (sequence - last.next).of("entry of this emitter is", "entries of this emitter are")
            report(Fault(.removed, entry: position, year: year, "\(missing) missing before it"))
        } else if sequence < last.next {
            report(Fault(.duplicate, entry: position, year: year, "the emitter's number was used before"))
        }
        last.next = max(last.next, sequence &+ 1)
    }

    private mutating func checkTime(_ time: Int64, newest old: Int64, position: Int64, year: Int?) -> Int64 {
        guard old != .min, time < old &- Self.clockTolerance else { return max(old, time) }
        report(Fault(.clock, entry: position, year: year, "its time is before that of earlier entries"))
        return time
    }

    private mutating func report(_ fault: Fault) {
        if faults.count < AuditVerifier.faultBound { faults.append(fault) }
    }

    private static func digest(of entry: UnsafeRawBufferPointer) -> [UInt8] {
        Array(entry[EntryHeader.Offset.digest..<EntryHeader.Offset.digest + 32])
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
