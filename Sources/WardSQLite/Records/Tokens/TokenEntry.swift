/// One fact of the blind index: `token` finds `record` (a sequence), or no longer does.
///
/// Written as sixteen bytes, little endian: token, then the record, negative where the entry takes an older one back.
struct TokenEntry: Sendable, Equatable {
    static let size = 16

    var token: Int64
    /// Positive: found; negative: the entry of the record with this magnitude is void.
    var record: Int64

    /// Parts of the token's range, in the order of the tokens.
    static let bucketCount = 4_096
    /// Buckets that are merged in one go.
    static let bucketsInSlice = 64
    static let sliceCount = bucketCount / bucketsInSlice

    static func bucket(of token: Int64) -> Int {
        Int((UInt64(bitPattern: token) ^ (1 << 63)) >> 52)
    }

    static func slice(of token: Int64) -> Int { bucket(of: token) / bucketsInSlice }

    private static func precedes(_ left: TokenEntry, _ right: TokenEntry) -> Bool {
        if left.token != right.token { return left.token < right.token }
        if left.record.magnitude != right.record.magnitude { return left.record.magnitude < right.record.magnitude }
        return left.record > right.record
    }

    /// Sorts by token, then by record, and removes doubles and each entry together with the one that takes it back.
    static func settle(_ entries: inout [TokenEntry]) {
        entries.sort(by: precedes)
        var kept = 0
        for index in entries.indices {
            let entry = entries[index]
            if kept > 0 {
                let last = entries[kept - 1]
                if last == entry { continue }
                if last.token == entry.token, last.record == 0 &- entry.record, last.record != entry.record {
                    kept -= 1
                    continue
                }
            }
            entries[kept] = entry
            kept += 1
        }
        entries.removeLast(entries.count - kept)
    }
}

/// Sorted entries as they lie in a row.
enum TokenRun {
    static func encode(_ entries: ArraySlice<TokenEntry>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: entries.count * TokenEntry.size) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for entry in entries {
                raw.storeBytes(of: entry.token.littleEndian, toByteOffset: count, as: Int64.self)
                raw.storeBytes(of: entry.record.littleEndian, toByteOffset: count + 8, as: Int64.self)
                count += TokenEntry.size
            }
        }
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, into entries: inout [TokenEntry]) {
        for offset in stride(from: 0, to: bytes.count - 15, by: TokenEntry.size) {
            entries.append(TokenEntry(token: integer(bytes, offset), record: integer(bytes, offset + 8)))
        }
    }

    /// The records that `token` finds in a run, by bisection.
    static func collect(_ token: Int64, from bytes: UnsafeRawBufferPointer, into records: inout [Int64]) {
        let count = bytes.count / TokenEntry.size
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if integer(bytes, middle * TokenEntry.size) < token { low = middle + 1 } else { high = middle }
        }
        while low < count, integer(bytes, low * TokenEntry.size) == token {
            let record = integer(bytes, low * TokenEntry.size + 8)
            if record > 0 { records.append(record) }
            low += 1
        }
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }
}

/// The tokens of one version, as they lie in `token_list`.
enum TokenList {
    /// Sorted, without doubles.
    static func normal(_ tokens: [Int64]) -> [Int64] {
        var sorted = tokens.sorted()
        var kept = 0
        for index in sorted.indices where kept == 0 || sorted[kept - 1] != sorted[index] {
            sorted[kept] = sorted[index]
            kept += 1
        }
        sorted.removeLast(sorted.count - kept)
        return sorted
    }

    static func encode(_ tokens: [Int64]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: tokens.count * 8) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for token in tokens {
                raw.storeBytes(of: token.littleEndian, toByteOffset: count, as: Int64.self)
                count += 8
            }
        }
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) -> [Int64] {
        (0..<bytes.count / 8).map { index in
            Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
        }
    }

    /// True if the list holds at least one of `tokens`.
    static func containsAny(_ tokens: [Int64], in bytes: UnsafeRawBufferPointer) -> Bool {
        for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
            let token = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            if tokens.contains(token) { return true }
        }
        return false
    }
}
