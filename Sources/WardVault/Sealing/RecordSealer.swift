public import WardKeys

/// Compresses and seals what a record holds, and opens it again.
///
/// The sealed form is that of ``SealedEnvelope``; its format byte is a ``ContentForm``, and is bound into the seal as
/// `compression`. Content that compression does not make smaller stays as it is.
///
/// The size of what is sealed shows the compressed size of the content (THREAT-MODEL, what leaks).
public struct RecordSealer: Sendable {
    /// Which part of a record is sealed: the two never stand for each other.
    public enum Part: Sendable, CaseIterable {
        /// The resource itself.
        case content
        /// The extracted search values.
        case filter

        var label: StaticString {
            switch self {
            case .content: "res/v1"
            case .filter: "flt/v1"
            }
        }

        /// How it is compressed now.
        var form: ContentForm { self == .content ? .zstdDictionary : .zstd }
    }

    private let limitBytes: Int
    private let random: RandomSource

    /// A sealer for parts of at most `limitBytes` before compression.
    public init(limitBytes: Int = 64 << 20, random: RandomSource = .system) {
        self.limitBytes = limitBytes
        self.random = random
    }

    /// Seals a part of a record under the key of its owner; an empty part too, so that a deletion cannot be forged.
    /// - Throws: ``SealError`` with `.tooLarge`, or `.exhausted` where the key may seal no more.
    public func seal(
        _ content: [UInt8], as part: Part = .content, header: RecordHeader, key: DataKey
    ) throws(SealError) -> [UInt8] {
        guard content.count <= limitBytes else { throw SealError(.tooLarge) }
        return try content.withUnsafeBytes { plaintext in
            Compression.shared.compress(plaintext, as: part.form) { frame -> Result<[UInt8], SealError> in
                let form = frame == nil ? .plain : part.form
                let aad = header.authenticatedData(
                    part.label, keyVersion: key.version, algorithm: key.algorithm, compression: form.compression)
                do throws(SealError) {
                    return .success(try SealedEnvelope.seal(
                        frame ?? plaintext, format: form.rawValue, aad: aad, key: key, random: random))
                } catch {
                    return .failure(error)
                }
            }
        }.get()
    }

    /// Opens a part of a record and checks every field of its header.
    /// - Throws: ``SealError`` with `.authentication` (changed bytes, another record, version, part or key), `.format`,
    ///   `.keyVersion` (`key` is of another version than the seal names) or `.tooLarge`.
    public func open(
        _ sealed: [UInt8], as part: Part = .content, header: RecordHeader, key: DataKey
    ) throws(SealError) -> [UInt8] {
        let envelope = try SealedEnvelope.header(of: sealed)
        guard let form = ContentForm(rawValue: envelope.format) else { throw SealError(.format) }
        let aad = header.authenticatedData(
            part.label, keyVersion: envelope.keyVersion, algorithm: envelope.algorithm,
            compression: form.compression)
        let opened = try SealedEnvelope.open(sealed, aad: aad, key: key)
        guard form == .plain else {
            return try Compression.shared.decompress(opened, as: form, limitBytes: limitBytes)
        }
        guard opened.count <= limitBytes else { throw SealError(.tooLarge) }
        return opened
    }

    /// The version of the key that opens sealed bytes, as they say themselves.
    /// - Throws: ``SealError`` with `.format`.
    public static func keyVersion(of sealed: [UInt8]) throws(SealError) -> UInt32 {
        try SealedEnvelope.header(of: sealed).keyVersion
    }
}
