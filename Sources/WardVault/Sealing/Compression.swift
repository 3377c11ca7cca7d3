internal import CZstd
internal import Synchronization
internal import WardKeys

/// How the content of a sealed part is written: the format byte of its envelope.
enum ContentForm: UInt8, CaseIterable {
    /// As it is.
    case plain = 1
    /// A Zstandard frame: filter records, and content that was sealed before there was a dictionary.
    case zstd = 2
    /// A Zstandard frame over ``CompressionDictionary/first`` without entropy-coded literals (decision 34).
    case zstdDictionary = 3

    /// What is bound into the seal.
    var compression: UInt8 { rawValue - 1 }
}

/// Zstandard at level 1 with reused contexts: making one costs more than compressing a small record.
///
/// Source: RFC 8878. Frames carry their content size, so that opening one is bounded before it begins.
final class Compression: Sendable {
    /// The contexts that all sealers of the process share.
    static let shared = Compression()

    /// Contexts kept for reuse; more are made when more callers work at once, and then freed.
    private static let keptContexts = 16

    private let contexts = Mutex<[CompressionContext]>([])

    /// The compressed form of `content`, handed to `body`; nil where it would not be smaller.
    func compress<Value>(
        _ content: UnsafeRawBufferPointer, as form: ContentForm, body: (UnsafeRawBufferPointer?) -> Value
    ) -> Value {
        let context = take()
        defer { put(context) }
        return withUnsafeTemporaryAllocation(byteCount: content.count, alignment: 16) { target in
            // A target no larger than the content: what does not fit is not worth it.
            let compressor = form == .zstdDictionary ? context.dictionaryCompressor : context.compressor
            let count = ZSTD_compress2(compressor, target.baseAddress, target.count, content.baseAddress, content.count)
            guard ZSTD_isError(count) == 0, count < content.count else { return body(nil) }
            return body(UnsafeRawBufferPointer(rebasing: target[..<count]))
        }
    }

    /// The content of one frame of at most `limitBytes`.
    /// - Throws: ``SealError`` with `.tooLarge` or `.format`.
    func decompress(_ frame: [UInt8], as form: ContentForm, limitBytes: Int) throws(SealError) -> [UInt8] {
        let declared = ZSTD_getFrameContentSize(frame, frame.count)
        // The two largest values stand for "unknown" and "error".
        guard declared < UInt64.max - 1 else { throw SealError(.format) }
        guard declared <= UInt64(limitBytes) else { throw SealError(.tooLarge) }
        let context = take()
        defer { put(context) }
        var content = [UInt8](repeating: 0, count: Int(declared))
        let written = content.withUnsafeMutableBytes { target in
            form == .zstdDictionary
                ? ZSTD_decompress_usingDDict(
                    context.decompressor, target.baseAddress, target.count, frame, frame.count, CompressionContext.dictionary)
                : ZSTD_decompressDCtx(context.decompressor, target.baseAddress, target.count, frame, frame.count)
        }
        guard ZSTD_isError(written) == 0, written == content.count else { throw SealError(.format) }
        return content
    }

    private func take() -> CompressionContext { contexts.withLock { $0.popLast() } ?? CompressionContext() }

    private func put(_ context: CompressionContext) {
        contexts.withLock { if $0.count < Self.keptContexts { $0.append(context) } }
    }
}
