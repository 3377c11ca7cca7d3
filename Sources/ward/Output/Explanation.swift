internal import Foundation
internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardHTTP
internal import WardIdentity
internal import WardKeys
internal import WardRecords
internal import WardVault

/// Says an error in words for the person at the command line: what is wrong and what would be right. Errors of other libraries are told by
/// their type alone, because they print values.
enum Explanation {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as Failure: error.description
        case let error as ConfigurationError: error.description
        case let error as KeyError: keys(error)
        case let error as DatabaseError: database(error)
        case let error as AuditError: audit(error)
        case let error as VaultError: error.description
        case let error as TLSError: "TLS: \(error.description)"
        case let error as ServerError: error.description
        case let error as UserDirectoryError: error.description
        case let error as ClientError: error.description
        case let error as ShreddingError: error.description
        case let error as SignInError: error.description
        case let error as Refusal: "this operator may not do that (\(error.reason.rawValue))"
        default: "failed (\(type(of: error)))"
        }
    }

    private static func keys(_ error: KeyError) -> String {
        switch error.code {
        case .wrongPassphrase: "keyring: the passphrase is not the one that this keyring was sealed with"
        case .missing: "keyring: \(error.context) is missing; restore the keys folder from its backup, or pass the right --passphrase-file"
        case .permissions: "keyring: \(error.context); it must belong to you"
        case .settings: "keyring: \(error.context)"
        case .authentication where error.context.hasPrefix("keyring.key"):
            "keyring: \(error.context), or its parts are not of one time: restore the newest keys folder as a whole"
        case .unknownKey where error.context.hasPrefix("root "):
            """
            keyring: the keys lie under version \(error.context.dropFirst(5)) of the root key, which is not there: root key, keyring.key and \
            log.key are not of one time. Restore the newest keys folder as a whole, or bring the root key back in its key service
            """
        default: "keyring: \(error.description)"
        }
    }

    private static func database(_ error: DatabaseError) -> String {
        switch error.code {
        case .full: "the disk is full; nothing was lost (\(error.context))"
        case .unavailable: "a database cannot be read or written; check that its folder is there and writable (\(error.context))"
        case .newerSchema: "a database was made by a newer Ward; upgrade this program (\(error.context))"
        default: error.description
        }
    }

    private static func audit(_ error: AuditError) -> String {
        switch error.code {
        case .clock:
            """
            the clock of this machine is behind the newest entry of the audit log; set it right (time in the log \
            does not go back); where the clock was ahead before, `ward audit accept clock` lets the log go on
            """
        case .tampered:
            """
            the audit log is not what was signed: \(error.context); `ward audit verify` names what was done to it. What is signed \
            comes back from its archive: move what is left of DIR/audit aside, it is evidence, and run `ward audit restore` \
            (`ward audit accept anchor` where only the anchor is lost and you know why; `ward audit accept tail` where only what is not \
            signed yet was written to by others: it is kept aside, and the log goes on without it)
            """
        case .malformed: error.context
        default: "audit log: \(error.description)"
        }
    }
}
