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
        case let error as UnreadableStore: "\(error.place): \(database(error.cause))"
        case let error as AuditError: audit(error)
        case let error as VaultError: vault(error)
        case let error as IndexStop: "\(vault(error.cause)), sequence \(error.sequence)"
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
        case .missing where error.context.hasPrefix("no token"): "keyring: \(error.context)"
        case .missing: "keyring: \(error.context) is missing; restore the keys folder from its backup, or pass the right --passphrase-file"
        case .permissions: "keyring: \(error.context); it must belong to you"
        case .settings: "keyring: \(error.context)"
        case .olderFormat:
            """
            keyring: \(error.context.split(separator: " ").first == "ward-keyring" ? "keyring.key" : "a file of the keys folder") is of an older \
            format (\(error.context)) that this version does not open: it was not authenticated as a whole, and who may write there could fall \
            back to it. Restore the newest keys folder as a whole; a home that was made by a program of that format is to be made anew, and its \
            records loaded into it
            """
        case .damaged where error.context.hasPrefix("key store: "):
            """
            keyring: \(error.context) (keys.db in the keys folder): by a fault of the disk or by somebody's hand; `ward verify` names it. Keep the \
            file as evidence, and restore the newest keys folder as a whole
            """
        case .authentication where error.context.hasPrefix("keyring.key"):
            "keyring: \(error.context), or its parts are not of one time: restore the newest keys folder as a whole"
        case .unknownKey where error.context.hasPrefix("root "):
            """
            keyring: the keys lie under version \(error.context.dropFirst(5)) of the root key, which is not there: root key, keyring.key and \
            log.key are not of one time. Restore the newest keys folder as a whole, or bring the root key back in its key service
            """
        case .unknownKey: unknown(error.context)
        default: "keyring: \(error.description)"
        }
    }

    /// Which key is missing, and what brings it back.
    private static func unknown(_ context: String) -> String {
        if context.hasPrefix("data key ") {
            return "keyring: keys.db does not hold a \(context), which a record was sealed under: restore the newest keys folder as a whole"
        }
        let parts = context.split(separator: " ")
        guard parts.count == 2, UInt32(parts[1]) != nil else { return "keyring: a key is missing: \(context)" }
        return switch parts[0] {
        case "wrap", "retain", "keyring":
            """
            keyring: data keys in keys.db lie under version \(parts[1]) of the key-encryption key, and keyring.key does not have it: the two are \
            not of one time. Restore the newest keys folder as a whole
            """
        default:
            "keyring: version \(parts[1]) of the key for \"\(parts[0])\" is missing: restore the newest keys folder as a whole"
        }
    }

    private static func vault(_ error: VaultError) -> String {
        // The vault repeats what the keyring said.
        let repeated = "\(KeyError.Code.unknownKey.rawValue): "
        guard error.code == .keyMissing, error.detail.hasPrefix(repeated) else { return error.description }
        return unknown(String(error.detail.dropFirst(repeated.count)))
    }

    private static func database(_ error: DatabaseError) -> String {
        switch error.code {
        case .full: "the disk is full; nothing was lost (\(error.context))"
        case .unavailable: "a database cannot be read or written; check that its folder is there and writable (\(error.context))"
        case .corrupt:
            """
            a database is damaged, by a fault of the disk or by somebody's hand (\(error.context)); \
            \(error.remedy ?? "keep the file as evidence, and restore it from its backup")
            """
        case .newerSchema: "a database was made by a newer Ward; upgrade this program (\(error.context))"
        case .olderSchema: "a database was made by an older Ward; start the server once, which brings it over (\(error.context))"
        case .foreign: error.context
        case .forbidden: HomeRights.words(error.context)
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
        default: "audit log: \(error.context)"
        }
    }
}
