/// What kind of thing happened. The number stands in the clear header of the entry and never changes its meaning.
///
/// A number that this program does not know stays what it is: logs outlive programs.
public struct EventKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    // The log and the process.
    /// The server started, or a command opened the home.
    public static let start = EventKind(rawValue: 1)
    /// The server stopped in good order.
    public static let stop = EventKind(rawValue: 2)
    /// The home was made.
    public static let initialize = EventKind(rawValue: 3)
    /// Once a minute, so that a cut tail shows.
    public static let heartbeat = EventKind(rawValue: 4)
    /// The log or the records were verified.
    public static let verify = EventKind(rawValue: 5)
    /// The log itself was read (DICOM 110101).
    public static let logRead = EventKind(rawValue: 6)

    /// The witness of the log stopped vouching for it, or vouches for it again.
    public static let witness = EventKind(rawValue: 7)

    /// Somebody said that something the log refuses is known: a clock that was ahead, a missing anchor. From such an
    /// entry for a clock on, times are compared with its own and later ones.
    public static let acceptance = EventKind(rawValue: 8)
    /// The log left the machine by a command, or a receiver or archive fell behind or caught up.
    public static let delivery = EventKind(rawValue: 9)
    /// Entries whose time of retention is over were removed, under a signed tombstone; or ended sessions and the like,
    /// under a sealed mark (interaction `sweep`).
    public static let expiry = EventKind(rawValue: 10)
    /// Somebody said that entries must be kept for a matter at law, or need no longer be.
    public static let hold = EventKind(rawValue: 11)

    // People and sessions.
    /// Somebody signed in (DICOM 110114, 110122).
    public static let signIn = EventKind(rawValue: 16)
    /// A sign-in failed, for whatever reason.
    public static let signInFailed = EventKind(rawValue: 17)
    /// Somebody signed out (DICOM 110123).
    public static let signOut = EventKind(rawValue: 18)
    /// A session ended because nothing happened in it, or it grew too old.
    public static let timeOut = EventKind(rawValue: 19)
    /// A user was locked out after failed sign-ins.
    public static let lockout = EventKind(rawValue: 20)
    /// A password or second factor was set or changed.
    public static let factorChange = EventKind(rawValue: 21)

    /// Something about a sign-in is strange: a new place, two places at once, two places by turns. It holds nobody
    /// back.
    public static let accountSign = EventKind(rawValue: 22)

    // Health information.
    /// A current record was read.
    public static let read = EventKind(rawValue: 32)
    /// A version of a record was read.
    public static let vread = EventKind(rawValue: 33)
    /// The versions of a record were listed.
    public static let history = EventKind(rawValue: 34)
    /// Records were searched for.
    public static let search = EventKind(rawValue: 35)
    /// A record was created.
    public static let create = EventKind(rawValue: 36)
    /// A record got a new version.
    public static let update = EventKind(rawValue: 37)
    /// A record was deleted; its versions stay.
    public static let delete = EventKind(rawValue: 38)
    /// A transaction was committed; each of its writes is an event too.
    public static let transaction = EventKind(rawValue: 39)
    /// A batch was answered; each of its entries is an event too.
    public static let batch = EventKind(rawValue: 40)
    /// Records were loaded in bulk.
    public static let load = EventKind(rawValue: 41)
    /// Records left in bulk.
    public static let export = EventKind(rawValue: 42)
    /// A record was patched.
    public static let patch = EventKind(rawValue: 43)
    /// An operation ran, named by the interaction.
    public static let operation = EventKind(rawValue: 44)
    /// A request that was refused: without a caller, without the right, or against a rule.
    public static let refusal = EventKind(rawValue: 48)
    /// Somebody took rights in an emergency.
    public static let breakGlass = EventKind(rawValue: 49)
    /// An emergency access was reviewed.
    public static let breakGlassReview = EventKind(rawValue: 50)

    // The system's own settings.
    /// A user was added, changed or disabled.
    public static let userChange = EventKind(rawValue: 64)
    /// A role was changed, or given or taken.
    public static let roleChange = EventKind(rawValue: 65)
    /// A rule of access was changed.
    public static let policyChange = EventKind(rawValue: 66)
    /// A key was made, rotated, rewrapped or destroyed.
    public static let keyChange = EventKind(rawValue: 67)
    /// The configuration was changed.
    public static let configurationChange = EventKind(rawValue: 68)
    /// A backup was made.
    public static let backup = EventKind(rawValue: 80)
    /// A backup was restored.
    public static let restore = EventKind(rawValue: 81)
    /// A restore was rehearsed.
    public static let drill = EventKind(rawValue: 82)

    /// The kind's name, such as `sign-in-failed`; `kind-99` for one that this program does not know.
    public var description: String { Self.names[rawValue] ?? "kind-\(rawValue)" }

    /// Every kind that this program knows, by number.
    public static var all: [EventKind] { names.keys.sorted().map(EventKind.init(rawValue:)) }

    /// What such an event does, where it does not say otherwise.
    public var usualAction: EventAction {
        switch self {
        case .create, .load, .initialize: .create
        case .read, .vread, .history, .logRead: .read
        case .update, .patch, .userChange, .roleChange, .policyChange, .keyChange, .configurationChange,
            .factorChange: .update
        case .delete: .delete
        default: .execute
        }
    }

    private static let names: [UInt8: String] = [
        1: "start", 2: "stop", 3: "initialize", 4: "heartbeat", 5: "verify", 6: "log-read", 7: "witness",
            8: "acceptance",
        9: "delivery", 10: "expiry", 11: "hold",
        16: "sign-in", 17: "sign-in-failed", 18: "sign-out", 19: "time-out", 20: "lockout", 21: "factor-change",
        22: "account-sign",
        32: "read", 33: "vread", 34: "history", 35: "search", 36: "create", 37: "update", 38: "delete",
        39: "transaction",
        40: "batch", 41: "load", 42: "export", 43: "patch", 44: "operation",
        48: "refusal", 49: "break-glass", 50: "break-glass-review",
        64: "user-change", 65: "role-change", 66: "policy-change", 67: "key-change", 68: "configuration-change",
        80: "backup", 81: "restore", 82: "drill",
    ]
}

/// What an event does to its object.
///
/// Source: FHIR R4, value set audit-event-action (https://hl7.org/fhir/R4/valueset-audit-event-action.html); the
/// letter in ASCII.
public struct EventAction: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Something is made.
    public static let create = EventAction(rawValue: UInt8(ascii: "C"))
    /// Something is looked at.
    public static let read = EventAction(rawValue: UInt8(ascii: "R"))
    /// Something is changed.
    public static let update = EventAction(rawValue: UInt8(ascii: "U"))
    /// Something is removed.
    public static let delete = EventAction(rawValue: UInt8(ascii: "D"))
    /// Something is run: a search, a sign-in, an operation.
    public static let execute = EventAction(rawValue: UInt8(ascii: "E"))

    /// The letter.
    public var description: String { String(UnicodeScalar(rawValue)) }
}

/// How an event ended.
///
/// Source: FHIR R4, value set audit-event-outcome (https://hl7.org/fhir/R4/valueset-audit-event-outcome.html).
public struct EventOutcome: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// It was done.
    public static let success = EventOutcome(rawValue: 0)
    /// The caller's fault: refused, not found, invalid.
    public static let minorFailure = EventOutcome(rawValue: 4)
    /// The system's fault; it goes on.
    public static let seriousFailure = EventOutcome(rawValue: 8)
    /// The system's fault; it cannot go on.
    public static let majorFailure = EventOutcome(rawValue: 12)

    /// `success`, `minor-failure`, …; the number where this program does not know it.
    public var description: String {
        switch self {
        case .success: "success"
        case .minorFailure: "minor-failure"
        case .seriousFailure: "serious-failure"
        case .majorFailure: "major-failure"
        default: "outcome-\(rawValue)"
        }
    }
}
