/// The class and activity of the Open Cybersecurity Schema Framework that a kind of event is.
///
/// Source: https://schema.ocsf.io/1.4.0, categories Identity & Access Management (3) and Application Activity (6).
struct OCSFClass: Sendable, Equatable {
    var name: String
    /// Such as 6003.
    var uid: Int
    var activity: String
    var activityID: Int

    var category: String { uid / 1_000 == 3 ? "Identity & Access Management" : "Application Activity" }
    var categoryUID: Int { uid / 1_000 }
    var typeUID: Int { uid * 100 + activityID }

    /// The class of an event.
    init(_ kind: EventKind, action: EventAction) {
        switch kind {
        case .signIn, .signInFailed: self = Self.authentication("Logon", 1)
        case .signOut, .timeOut: self = Self.authentication("Logoff", 2)
        case .lockout: self = Self.account("Lock", 9)
        case .factorChange, .userChange: self = Self.account("Other", 99)
        case .roleChange: self = Self.access("Other", 99)
        case .policyChange, .keyChange, .configurationChange, .hold: self = Self.entity("Update", 3)
        case .expiry: self = Self.entity("Delete", 4)
        case .start: self = Self.application("Start", 3)
        case .stop: self = Self.application("Stop", 4)
        case .initialize: self = Self.application("Install", 1)
        case .heartbeat, .witness, .acceptance, .delivery: self = Self.application("Other", 99)
        default: self = Self.call(action)
        }
    }

    private init(_ name: String, _ uid: Int, _ activity: String, _ id: Int) {
        self.name = name
        self.uid = uid
        self.activity = activity
        activityID = id
    }

    private static func authentication(_ activity: String, _ id: Int) -> Self {
        .init("Authentication", 3_002, activity, id)
    }
    private static func account(_ activity: String, _ id: Int) -> Self { .init("Account Change", 3_001, activity, id) }
    private static func access(_ activity: String, _ id: Int) -> Self {
        .init("User Access Management", 3_005, activity, id)
    }
    private static func entity(_ activity: String, _ id: Int) -> Self { .init(
        "Entity Management", 3_004, activity, id) }
    private static func application(_ activity: String, _ id: Int) -> Self {
        .init("Application Lifecycle", 6_002, activity, id)
    }
    private static func call(_ action: EventAction) -> Self {
        switch action {
        case .create: .init("API Activity", 6_003, "Create", 1)
        case .read: .init("API Activity", 6_003, "Read", 2)
        case .update: .init("API Activity", 6_003, "Update", 3)
        case .delete: .init("API Activity", 6_003, "Delete", 4)
        default: .init("API Activity", 6_003, "Other", 99)
        }
    }
}
