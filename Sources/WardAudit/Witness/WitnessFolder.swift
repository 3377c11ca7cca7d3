internal import FoundationEssentials
internal import Crypto
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import WardSystem

/// What a witness keeps, in a folder of its own: `key` (its private key, mode 0600), `name`, `logs` (a verifier key a
/// line) and `seen/` (the newest checkpoint of each book).
public struct WitnessFolder: Sendable {
    /// The folder.
    public let path: String

    /// A folder at a path.
    public init(path: String) {
        self.path = path
    }

    /// Whether a witness was made here.
    public var exists: Bool { access(path + "/key", F_OK) == 0 }

    /// Makes a witness with a new key; durable on return.
    /// - Throws: ``AuditError``: `.malformed` where the name cannot be one, `.unavailable` where the folder cannot be
    ///   written or has a witness already.
    public func create(name: String) throws(AuditError) -> WitnessKey {
        let made = Curve25519.Signing.PrivateKey()
        let key = try WitnessKey(name: name, publicKey: Array(made.publicKey.rawRepresentation))
        for folder in [path, path + "/seen"] where mkdir(folder, 0o700) != 0 && errno != EEXIST {
            throw AuditError(.unavailable, "the folder of the witness cannot be made")
        }
        guard !exists else { throw AuditError(.unavailable, "the folder holds a witness already; nothing was changed") }
        try DurableFile(path + "/name").replace(Array((name + "\n").utf8))
        try DurableFile(path + "/logs").replace([])
        try DurableFile(path + "/key").replace(Array((made.rawRepresentation.base64EncodedString() + "\n").utf8))
        return key
    }

    /// Adds a log to those that are trusted, by the verifier key of one of its books. It then holds for every year of
    /// that log.
    /// - Parameter isOnly: whether older keys of the log are trusted no more.
    /// - Throws: ``AuditError``: `.malformed` where it is no verifier key of a book, `.unavailable`.
    public func trust(_ text: String, isOnly: Bool = false) throws(AuditError) {
        let key = try CheckpointKey(parsing: text)
        guard let book = LogOrigin.book(of: key.name) else {
            throw AuditError(
                .malformed, "the name in the verifier key must be the origin of a log's book, with its year")
        }
        let file = DurableFile(path + "/logs")
        let before = try Self.lines(of: file)
        var lines = before
        if isOnly {
            lines.removeAll { line in
                let other = try? CheckpointKey(parsing: line)
                return other?.publicKey != key.publicKey && other.flatMap { LogOrigin.book(of: $0.name)?.prefix }
                    == book.prefix
            }
        }
        if !lines.contains(key.description) { lines.append(key.description) }
        guard lines != before else { return }
        try file.replace(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Checks everything that the folder holds: before a witness answers, so that nothing of it is wrong in silence.
    /// - Throws: ``AuditError`` that names the file: `.malformed`, `.unavailable`.
    public func check() throws(AuditError) {
        guard FileStatus(at: path + "/key")?.isOpenToOthers == false else {
            throw AuditError(.unavailable, "the witness's file key must be its owner's alone: mode 0600")
        }
        _ = try identity()
        for (index, line) in try trusted().enumerated() {
            guard let key = try? CheckpointKey(parsing: line), LogOrigin.book(of: key.name) != nil else {
                throw AuditError(.malformed, "line \(index + 1) of the witness's file logs is no verifier key of a log's book")
            }
        }
        for name in try seenNames() {
            guard let found = try? AnchorFile(path: path + "/seen/" + name).read(),
                  Hex.text(SHA256.hash(data: Array(found.checkpoint.origin.utf8))) == name else {
                throw AuditError(.malformed, """
                    the witness's file seen/\(name) is no checkpoint of the book that it is named by; without it the witness \
                    cannot tell what it said
                    """)
            }
        }
    }

    /// The verifier keys that are trusted.
    public func trusted() throws(AuditError) -> [String] { try Self.lines(of: DurableFile(path + "/logs")) }

    /// Every newest checkpoint that was cosigned, by origin.
    public func seen() throws(AuditError) -> [SignedCheckpoint] {
        var result: [SignedCheckpoint] = []
        for name in try seenNames() {
            if let checkpoint = try AnchorFile(path: path + "/seen/" + name).read() { result.append(checkpoint) }
        }
        return result.sorted { $0.checkpoint.origin < $1.checkpoint.origin }
    }

    private func seenNames() throws(AuditError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path + "/seen").filter { !$0.hasSuffix(".new") }.sorted()
        } catch {
            throw AuditError(.unavailable, "the folder of the witness cannot be read")
        }
    }

    func identity() throws(AuditError) -> (key: WitnessKey, signer: CheckpointSigner) {
        guard let name = try Self.lines(of: DurableFile(path + "/name")).first,
              let text = try Self.lines(of: DurableFile(path + "/key")).first,
              let bytes = Data(base64Encoded: text) else {
            throw AuditError(.malformed, "the name or the key of the witness is missing")
        }
        let signer = try CheckpointSigner(privateKey: Array(bytes))
        return (try WitnessKey(name: name, publicKey: signer.publicKey), signer)
    }

    /// The public keys that are trusted for an origin: those of its log, whatever the year.
    func keys(for origin: String) throws(AuditError) -> [[UInt8]] {
        guard let book = LogOrigin.book(of: origin) else { return [] }
        var keys: [[UInt8]] = []
        for line in try trusted() {
            let key = try CheckpointKey(parsing: line)
            if LogOrigin.book(of: key.name)?.prefix == book.prefix { keys.append(key.publicKey) }
        }
        return keys
    }

    func newest(of origin: String) throws(AuditError) -> SignedCheckpoint? { try file(of: origin).read() }

    func keep(_ checkpoint: SignedCheckpoint) throws(AuditError) {
        try file(of: checkpoint.checkpoint.origin).write(checkpoint)
    }

    private func file(of origin: String) -> AnchorFile {
        AnchorFile(path: path + "/seen/" + Hex.text(SHA256.hash(data: Array(origin.utf8))))
    }

    private static func lines(of file: DurableFile) throws(AuditError) -> [String] {
        String(decoding: try file.read() ?? [], as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
}
