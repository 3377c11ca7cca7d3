internal import FoundationEssentials
internal import Synchronization

/// Small sealed messages that travel through a client and come back, such as paging links: nothing in them can be read
/// or changed.
///
/// Form: URL-safe base64 without padding of a ``SealedEnvelope`` (format 1) over `u64 expiry µs ‖ payload`, with the
/// additional data `"page/v1" ‖ LP(binding)`. The binding names who may use it (the session, the tenant), so a link is
/// of no use to another.
public struct SealedTokens: Sendable {
    private let keys: TenantKeys
    private let newest: NewestKey
    private let now: @Sendable () -> Int64

    /// The key that seals, kept since making one costs a derivation.
    private final class NewestKey: Sendable {
        let key: Mutex<DataKey>

        init(_ key: DataKey) { self.key = Mutex(key) }
    }

    /// Sealed tokens under the page key of a tenant; rotations are followed at once.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError`` with `.unknownKey`.
    public init(_ keys: TenantKeys, now: @escaping @Sendable () -> Int64) throws(KeyError) {
        newest = NewestKey(try keys.sealingKey(.page))
        self.keys = keys
        self.now = now
    }

    /// Seals a payload for some time; at most 16,384 bytes.
    /// - Throws: ``SealError`` with `.tooLarge`, or `.keyVersion` where the newest version has no key.
    public func seal(_ payload: [UInt8], binding: [UInt8], lifetime: Duration) throws(SealError) -> String {
        guard payload.count <= Self.payloadLimit else { throw SealError(.tooLarge) }
        let (seconds, attoseconds) = lifetime.components
        var plaintext = CanonicalBytes("", capacity: payload.count + 8)
        plaintext.integer(now() &+ seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000)
        plaintext.raw(payload)
        let sealed = try SealedEnvelope.seal(plaintext.bytes, format: 1, aad: Self.aad(binding), key: try sealingKey())
        return Self.urlSafe(Data(sealed).base64EncodedString())
    }

    /// The payload of a token that is good, meant for this binding, and in time.
    /// - Throws: ``SealError`` with `.format`, `.authentication`, `.keyVersion` or `.expired`.
    public func open(_ text: String, binding: [UInt8]) throws(SealError) -> [UInt8] {
        guard text.utf8.count <= Self.payloadLimit * 2, let sealed = Self.decode(text) else { throw SealError(.format) }
        let header = try SealedEnvelope.header(of: sealed)
        guard header.format == 1 else { throw SealError(.format) }
        let plaintext = try SealedEnvelope.open(sealed, aad: Self.aad(binding), key: try key(header.keyVersion))
        guard plaintext.count >= 8 else { throw SealError(.format) }
        let expiry = plaintext[..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard now() < expiry else { throw SealError(.expired) }
        return Array(plaintext[8...])
    }

    private func sealingKey() throws(SealError) -> DataKey {
        let version = keys.newestVersion
        let held = newest.key.withLock { $0 }
        if held.version == version { return held }
        let key = try key(version)
        newest.key.withLock { $0 = key }
        return key
    }

    private func key(_ version: UInt32) throws(SealError) -> DataKey {
        let held = newest.key.withLock { $0 }
        if held.version == version, version == keys.newestVersion { return held }
        guard let key = try? keys.sealingKey(.page, version: version) else { throw SealError(.keyVersion) }
        return key
    }

    private static let payloadLimit = 16_384

    private static func aad(_ binding: [UInt8]) -> [UInt8] {
        var canonical = CanonicalBytes("page/v1")
        canonical.lengthPrefixed(binding)
        return canonical.bytes
    }

    private static func urlSafe(_ text: String) -> String {
        String(decoding: text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }, as: UTF8.self)
    }

    /// Decodes and refuses what is not the one way of writing these bytes (unused bits that are not zero, padding,
    /// other alphabets).
    private static func decode(_ text: String) -> [UInt8]? {
        var standard: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            default: standard.append(byte)
            }
        }
        while !standard.count.isMultiple(of: 4) { standard.append(UInt8(ascii: "=")) }
        guard let data = Data(base64Encoded: String(decoding: standard, as: UTF8.self)),
              urlSafe(data.base64EncodedString()) == text else { return nil }
        return Array(data)
    }
}
