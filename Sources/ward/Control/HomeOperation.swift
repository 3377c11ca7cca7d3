internal import WardAudit
internal import WardKeys
internal import WardRecords
internal import WardVault

/// What a command asks of a home, whether it is served (then through the control socket) or not (then directly).
enum HomeOperation: Codable, Sendable {
    case userAdd(name: String, role: String, password: String?)
    /// A patient's account is bound to the patient of this id.
    case userInvite(name: String, role: String, patient: String?)
    /// All accounts, or those that nobody used for so many days.
    case userList(unusedDays: Int?)
    case userDisable(name: String)
    case userEnable(name: String)
    case userReset(name: String, secondFactor: Bool)
    case userRole(name: String, role: String)
    /// Says which record stands for the person; nil takes it away.
    case userLink(name: String, reference: String?)
    /// Says whom the organisation's provider means by an account; nil takes it away.
    case userExternal(name: String, subject: String?)
    /// Whether a person must show a passkey.
    case userRequirePasskey(name: String, isRequired: Bool)
    case userSessions(name: String)
    /// Ends one session, or all where none is named, and then what applications were allowed too.
    case userEndSessions(name: String, session: String?)
    case userGrants(name: String)
    case userEndGrant(name: String, grant: String)
    case clientAdd(ClientRequest)
    case clientList
    case clientApprove(id: String)
    case clientDisable(id: String)
    case keysStatus
    /// A page of the data keys.
    case dataKeysList(after: String?, limit: Int)
    /// Make a new version of a root, a key-encryption key or the log key; an interrupted rotation is gone on with instead.
    case keysRotate(RotatedKey)
    /// Wrap every key of the keyring that is not under the newest root under it.
    case keysRewrap
    /// A step of moving data keys under the newest key-encryption key.
    case dataKeysRewrap(after: RewrapStep.Place?)
    /// A step of making new versions of data keys, where `keysRotate(.dek)` began it.
    case dataKeysRotate(after: RewrapStep.Place?)
    /// Destroy older key-encryption keys that wrap nothing any more.
    case keysRetire
    /// Move the keyring to another key service, given by its configuration keys.
    case keysMigrate(kind: String, values: [String: String])
    /// Seal the root keys of a file under another passphrase: that of a file, or one that was typed.
    case keysPassphrase(file: String?, typed: String?)
    case indexStatus
    /// A shredding or a legal hold, by somebody who signs in for it.
    case shredding(ShreddingOrder, by: SignedIn)
    /// The next step of a shredding that two persons wanted.
    case shreddingStep(id: String)
    case shreddingList
    case holdList
    /// Begin a new epoch of the index, or find the one that was begun.
    case indexBegin
    /// How far the newest epoch is: where nobody serves the home, after a step of bringing records over; a server does that by itself.
    case indexStep(isAlone: Bool)
    /// The log is about to be read by somebody: in what way, and how many entries where that is known.
    case logRead(what: String, count: Int?)
    /// The log leaves by an export, or did, or did not.
    case logExport(ExportNote)
    /// A question to the audit log.
    case ask(AuditQuestion)
    /// Bring the log to every receiver and archive now.
    case deliver
    /// Remove entries whose time of retention is over; a trial only says which.
    case expire(isTrial: Bool)
    /// Hold entries from a time on (microseconds since 1970), or lift a hold, or say which are in force.
    case auditHold(name: String, from: Int64)
    case auditHoldLift(name: String, reason: String)
    case auditHolds
    /// A verification ended: of what, and with how many faults.
    case verified(what: String, faults: Int)
    /// Begin a verification in the background, or find the one that is under way.
    case verificationBegin
    case verificationStatus
}

/// What the log is told of an export of it: once before anything leaves, and once when it ended.
struct ExportNote: Codable, Sendable {
    /// The same of both.
    var id: String
    var format: String
    var part: Range<Int64>
    /// Entries that are to be written, or were.
    var count: Int
    var state: State
    /// Why it ended before its end.
    var reason: String?

    /// How far it is.
    enum State: String, Codable {
        case begun, ended
    }

    /// The same as the log is told it.
    func event(by origin: EventOrigin) -> AuditEvent {
        let event = AuditEvent(
            .logRead, by: origin, count: count,
            details: [
                .init("what", "export-\(format)"), .init("state", state.rawValue), .init("export", id),
                .init("from", String(part.lowerBound)), .init("to", String(part.upperBound)),
            ])
        return reason.map { event.ended(.seriousFailure, reason: $0) } ?? event
    }
}

/// An application to register.
struct ClientRequest: Codable, Sendable {
    var name: String
    var kind: String
    var redirectURIs: [String]
    var launchURL: String?
    var scopes: String
    var keySet: String?
    var keySetURL: String?
    var isCertificateBound: Bool
    var isApproved: Bool
}

/// What a signed-in administrator orders for a patient.
enum ShreddingOrder: Codable, Sendable {
    case ask(patient: String, reason: String)
    case confirm(id: String)
    case hold(patient: String, reason: String)
    case release(patient: String)
}

/// What somebody signs in with for one order.
struct SignedIn: Codable, Sendable {
    var name: String
    var password: String
    var code: String
}

/// Keys that can be rotated.
enum RotatedKey: String, Codable, Sendable, CaseIterable {
    case root, kek, index, token, dek, log
}

/// What a home answers.
enum HomeAnswer: Codable, Sendable {
    case credentials(Credentials)
    case invitation(Invitation)
    case users([Account])
    case sessions([SignedIn])
    case grants([Access])
    case clients([Application])
    case keys(KeyringStatus)
    case dataKeys(DataKeyPage)
    case answer(AuditAnswer)
    case keyChange(KeyChange)
    case rewrapStep(RewrapStep)
    case dataKeyStep(DataKeyStep)
    case index(IndexStatus)
    case deliveries([DeliveryStatus])
    case shreddings([ShreddingStatus])
    case holds([HoldStatus])
    case verification(VerificationStatus)
    case indexProgress(IndexRebuild.Progress)
    case expiry(LogExpiry.Summary)
    case auditHolds([LegalHolds.Hold])
    case done
    case failed(String)

    /// What a new user needs, told once.
    struct Credentials: Codable, Sendable {
        var id: String
        var name: String
        var role: String
        var password: String?
        var totpUri: String?
    }

    /// A link by which a person opens their account, told once.
    struct Invitation: Codable, Sendable {
        var id: String
        var name: String
        var role: String
        var link: String
        /// RFC 3339.
        var expiresAt: String
    }

    /// An application as it may be seen.
    struct Application: Codable, Sendable {
        var clientId: String
        var name: String
        var kind: String
        var status: String
        var redirectUris: [String]
        var launchUrl: String?
        var scopes: String
        var jwksUri: String?
        var hasKeys: Bool
        var isCertificateBound: Bool
    }

    /// A live session as it may be seen.
    struct SignedIn: Codable, Sendable {
        var id: String
        var source: String
        var factors: [String]
        /// RFC 3339.
        var createdAt: String
        var lastUsedAt: String
        var expiresAt: String
    }

    /// What an application was allowed, as it may be seen.
    struct Access: Codable, Sendable {
        var id: String
        var clientId: String
        var clientName: String
        var scopes: String
        var patient: String?
        var source: String
        /// RFC 3339.
        var createdAt: String
        var expiresAt: String
    }

    /// An account as it may be seen.
    struct Account: Codable, Sendable {
        var id: String
        var name: String
        var role: String
        var isDisabled: Bool
        var isLocked: Bool
        var isInvited: Bool
        var isReset: Bool
        var requiresPasskey: Bool
        var patient: String?
        var fhirUser: String?
        var externalSubject: String?
        var recoveryCodesLeft: Int
        /// RFC 3339.
        var createdAt: String
        var lastSignInAt: String?
    }
}
