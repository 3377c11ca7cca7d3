/// What is to be done where the process that serves the home ended before it answered, so that nobody was told whether it was done.
extension HomeOperation {
    /// How to see whether it was done, and whether it may be asked for again.
    var afterLoss: String {
        switch self {
        case .userList, .userSessions, .userGrants, .clientList, .keysStatus, .dataKeysList, .indexStatus, .shreddingList, .holdList, .auditHolds,
            .verificationStatus, .ask:
            "It changes nothing: call it again"
        case .userAdd:
            "`ward user list` shows it; where the account is there, `ward user reset` makes credentials in place of those that were not shown"
        case .userInvite, .userDisable, .userEnable, .userReset, .userRole, .userLink, .userExternal, .userRequirePasskey:
            "`ward user list` shows it; where it is not done, call it again, which does no harm where it is"
        case .userEndSessions, .userEndGrant:
            "`ward user sessions` and `ward user grants` show it; calling it again does no harm"
        case .clientAdd:
            "`ward client list` shows it; look first, for called again it registers another application"
        case .clientApprove, .clientDisable:
            "`ward client list` shows it; calling it again does no harm"
        case .keysRotate(.index), .indexBegin, .indexStep:
            "`ward index status` shows it; calling it again is safe, and goes on where it was"
        case .keysRotate, .keysRewrap, .dataKeysRewrap, .dataKeysRotate, .keysRetire, .keysMigrate, .keysPassphrase:
            "`ward keys status` shows it; calling it again is safe, and goes on where it was; a rotation that was done is done once more"
        case .shredding(.ask, by: _):
            "`ward keys shred --list` shows it; look first, for called again, with a new one-time code, it makes another request"
        case .shredding(.confirm, by: _):
            """
            `ward keys shred --list` shows it; calling it again, with a new one-time code, is safe: what was confirmed stays confirmed and is gone \
            on with, also by a server that starts
            """
        case .shredding(.hold, by: _), .shredding(.release, by: _):
            "`ward keys hold --list` shows it; calling it again, with a new one-time code, does no harm"
        case .shreddingStep:
            """
            It was confirmed, and is not taken back: `ward keys shred --list` shows how far it is; a server that starts goes on with it, and so does \
            calling this again, which is safe
            """
        case .auditHold, .auditHoldLift:
            "`ward audit hold list` shows it; calling it again does no harm"
        case .expire, .deliver, .logRead, .logExport, .verified:
            "`ward audit show` tells of it; calling it again does no harm"
        case .verificationBegin:
            "`ward verify --status` shows it; calling it again does no harm"
        }
    }
}
