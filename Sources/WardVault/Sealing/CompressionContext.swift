internal import CZstd

/// The Zstandard contexts that one caller works with at a time.
final class CompressionContext: Sendable {
    // Reason: the pointers never change and belong to this object alone; it is either in the pool, under its lock, or
    // with the one caller that took it from there, so no two threads are ever in one context.
    nonisolated(unsafe) let compressor: OpaquePointer
    nonisolated(unsafe) let dictionaryCompressor: OpaquePointer
    nonisolated(unsafe) let decompressor: OpaquePointer

    // Reason: made once, then only read; zstd.h says of a digested dictionary that several threads may read it at once.
    nonisolated(unsafe) static let dictionary: OpaquePointer = {
        let text = CompressionDictionary.first
        guard let made = ZSTD_createDDict(text.utf8Start, text.utf8CodeUnitCount) else {
            preconditionFailure("memory for a dictionary is not to be had")
        }
        return made
    }()

    init() {
        guard let plain = ZSTD_createCCtx(), let dictionary = ZSTD_createCCtx(), let decompressor = ZSTD_createDCtx() else {
            preconditionFailure("memory for a compression context is not to be had")
        }
        compressor = plain
        dictionaryCompressor = dictionary
        self.decompressor = decompressor
        let text = CompressionDictionary.first
        let outcomes = [
            ZSTD_CCtx_setParameter(plain, ZSTD_c_compressionLevel, 1),
            ZSTD_CCtx_setParameter(dictionary, ZSTD_c_compressionLevel, 1),
            // Level 1 searches by its fast strategy, in which a target length makes it leave literals as they are:
            // reading them back costs more than all the rest of opening a record.
            ZSTD_CCtx_setParameter(dictionary, ZSTD_c_strategy, Int32(bitPattern: ZSTD_fast.rawValue)),
            ZSTD_CCtx_setParameter(dictionary, ZSTD_c_targetLength, 1),
            ZSTD_CCtx_loadDictionary(dictionary, text.utf8Start, text.utf8CodeUnitCount),
        ]
        guard outcomes.allSatisfy({ ZSTD_isError($0) == 0 }) else {
            preconditionFailure("libzstd refuses parameters that version 1.4 and later know")
        }
    }

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeCCtx(dictionaryCompressor)
        ZSTD_freeDCtx(decompressor)
    }
}
