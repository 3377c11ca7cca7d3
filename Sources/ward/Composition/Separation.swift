internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem
internal import WardKeys

/// Holds a production home to keys that lie apart from what they seal: who takes the volume of the records, or a backup of it, has no wrapped
/// key to try a passphrase on, and who takes that of the wrapped keys no passphrase. Source: 45 CFR 164.402 and its guidance (74 FR 42740): keys
/// kept on another device than the data.
///
/// Every name is followed to where it leads first: a link is as good as what it leads to.
enum Separation {
    /// Checks a home that was made.
    /// - Parameter given: the passphrase's file, where the command line names one.
    static func check(_ home: Home, _ configuration: WardConfiguration, passphraseFile given: String?) throws(Failure) {
        // One that stands in the configuration too would be a second source, of which nobody knows which one counts.
        guard PassphrasePrompt.environment == nil else { throw PassphrasePrompt.inProduction }
        let kind = configuration.text("keys.provider").flatMap { KeyServiceKind(rawValue: $0) } ?? .file
        var secrets = secrets(of: kind) { configuration.text($0) }
        if let given { secrets = secrets.filter { $0.what != passphrase } + [Secret(what: passphrase, path: given)] }
        try check(home, secrets)
    }

    /// What opens the root key, or the key service that has it.
    struct Secret {
        var what: String
        var path: String
    }

    private static let passphrase = "the passphrase"

    /// The files that hold what opens a key service with these settings.
    static func secrets(of kind: KeyServiceKind, _ value: (String) -> String?) -> [Secret] {
        let (what, key) = switch kind {
        case .file: (passphrase, "keys.passphrase_file")
        case .pkcs11: ("the PIN of the token", "keys.pkcs11.pin_file")
        case .awskms: ("the file of the credentials for AWS KMS", "keys.awskms.credentials_file")
        case .transit: ("the token for the transit server", "keys.transit.token_file")
        }
        return value(key).map { [Secret(what: what, path: $0)] } ?? []
    }

    /// - Throws: ``Failure`` that names what is wrong and what would be right.
    static func check(_ home: Home, passphraseFile: String?) throws(Failure) {
        try check(home, passphraseFile.map { [Secret(what: passphrase, path: $0)] } ?? [])
    }

    /// - Throws: ``Failure`` that names what is wrong and what would be right.
    static func check(_ home: Home, _ secrets: [Secret]) throws(Failure) {
        let data = try Place(home.data)
        let keys = try Place(home.keys)
        for (what, folder) in [("the records", data), ("the audit log", try Place(home.audit))] {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for place in [folder] + files.sorted().compactMap({ try? Place("\(folder.path)/\($0)") }) where place.volume == keys.volume {
                throw Failure("""
                    \(keys.shown): the wrapped keys are on the same volume as \(what) (\(place.shown)); a production home keeps them on another: \
                    set keys.folder in ward.yaml (ward init: --keys-folder) to a folder on a volume of its own
                    """)
            }
        }
        try checkKeys(keys)
        for secret in secrets { try check(secret, data, keys) }
    }

    private static func checkKeys(_ keys: Place) throws(Failure) {
        try keys.requirePrivate(mode: "700")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: keys.path)) ?? []
        for name in names.sorted() {
            // What a rotation is just replacing is gone a moment later.
            guard let file = try? Place("\(keys.path)/\(name)") else { continue }
            guard file.volume == keys.volume else {
                throw Failure("""
                    \(file.shown): is on another volume than the keys folder; put the file itself into \(keys.path), which is checked, and not a \
                    link to it
                    """)
            }
            try file.requirePrivate(mode: "600")
            if file.isLink { try file.requireSafeParents() }
        }
        try keys.requireSafeParents()
    }

    private static func check(_ secret: Secret, _ data: Place, _ keys: Place) throws(Failure) {
        let file = try Place(secret.path)
        guard file.volume != data.volume else {
            throw Failure("\(file.shown): \(secret.what) is on the same volume as the records; a production home keeps it on another")
        }
        guard file.volume != keys.volume else {
            throw Failure("""
                \(file.shown): \(secret.what) is on the same volume as the wrapped keys that it opens; a production home keeps it on a third, \
                such as a mounted secret or a tmpfs
                """)
        }
        try file.requirePrivate(mode: "600")
        try file.requireSafeParents()
    }
}

/// A file or folder, where its name leads in the end.
private struct Place {
    let path: String
    /// As it was named, with where that leads where that is elsewhere.
    let shown: String
    let isLink: Bool
    private let status: FileStatus

    var volume: UInt64 { status.identity.volume }

    init(_ named: String) throws(Failure) {
        guard let resolved = realpath(named, nil) else { throw Failure("\(named): cannot be looked at; check that it is there") }
        defer { free(resolved) }
        path = String(cString: resolved)
        isLink = path != named
        shown = isLink ? "\(named) (which is \(path))" : named
        status = try Self.status(path)
    }

    /// Others may neither read it nor write to it.
    func requirePrivate(mode: String) throws(Failure) {
        guard Self.isOurs(status) else {
            throw Failure("\(shown): belongs to another account; it must belong to the one that serves the home")
        }
        guard !status.isOpenToOthers else {
            throw Failure("\(shown): others than its owner have rights on it; chmod \(mode) it")
        }
    }

    /// Nobody else may put another in its place: that would take no more than the right to write to a folder above it.
    func requireSafeParents() throws(Failure) {
        var folder = path
        while folder != "/" {
            folder = folder.lastIndex(of: "/").map { $0 == folder.startIndex ? "/" : String(folder[..<$0]) } ?? "/"
            let status = try Self.status(folder)
            guard Self.isOurs(status) else {
                throw Failure("""
                    \(folder): belongs to another account, which can put something else in the place of \(path); it must belong to root or to the \
                    account that serves the home
                    """)
            }
            guard !status.isWritableByOthers else {
                throw Failure("""
                    \(folder): others may write to it, and so put something else in the place of \(path); chmod go-w it, or choose another folder
                    """)
            }
        }
    }

    private static func isOurs(_ status: FileStatus) -> Bool { status.isOwn || status.owner == 0 }

    private static func status(_ path: String) throws(Failure) -> FileStatus {
        guard let status = FileStatus(at: path) else { throw Failure("\(path): cannot be looked at; check that it is there") }
        return status
    }
}
