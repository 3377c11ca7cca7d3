/// The extracted values of a resource as a few bytes: what a search opens to decide, instead of the resource.
///
/// ```
/// record   = 0x01 ‖ u16 fingerprint (big endian, TypeParameters.fingerprint) ‖ entry*            entries by ascending parameter
///          | 0x02 ‖ u16 fingerprint ‖ text ‖ entry*           some references were read as this server's, below this base URL
/// entry    = parameter ‖ length ‖ value{length bytes}         parameter: one byte, its number, below 128; values up to the length
///          | parameter + 0x80 ‖ earlier                       the same values as those of the earlier parameter (one byte)
///          | 0x7F ‖ length ‖ value{length bytes}              last: the patients that it names, where they are several and no
///                                                             parameter of the compartment finds them
/// value    = 0x00                                             present, nothing to compare
///          | 0x01 ‖ text                                      token without a system: code
///          | 0x02 ‖ text                                      token whose system is implied: code
///          | 0x03 ‖ known ‖ text                              token of a known system (KnownSystems, a length): code
///          | 0x04 ‖ text ‖ text                               token: system, code
///          | 0x05 ‖ known            | 0x06 ‖ text            system without a code
///          | 0x08 ‖ text                                      string whose folded form is its ASCII lower case
///          | 0x09 ‖ text ‖ text                               string: composed, folded
///          | 0x10 ‖ type ‖ uuid{16}                           local reference to a lower-case UUID; type: one byte, ResourceTypes
///          | 0x11 ‖ type ‖ text                               local reference: id
///          | 0x12 ‖ text                                      absolute reference
///          | 0x13 ‖ text             | 0x14 ‖ text ‖ text     URI or canonical; with its version
///          | 0x15 ‖ value (0x01…0x06)                         identifier of a reference
///          | 0x20 ‖ i32 day                                   one UTC day, by its number since 1970-01-01
///          | 0x21 ‖ i64 low ‖ precision                       low … low + 10^precision − 1 µs (one byte, 0 to 6)
///          | 0x22 ‖ i64 low ‖ i64 high                        any other span
///          | 0x30 ‖ f64            | 0x31 ‖ f64 ‖ f64         number; span of numbers, whose ends may be infinite
///          | 0x32 ‖ value (0x30, 0x31) ‖ system ‖ text ‖ text quantity: number, system, code, unit; texts may be empty
/// system   = 0x00 ‖ text      | known + 1                     as text, or by its number (KnownSystems, a length)
/// text     = length ‖ UTF-8                                   length: LEB128, at most 5 bytes; integers big endian
/// ```
///
/// Records with another first byte, or another fingerprint than that of the type's parameters, are refused as stale:
/// the resource has to be opened and extracted again.
public enum FilterRecord {
    static let version: UInt8 = 1
    static let versionWithBase: UInt8 = 2
    static let headerCount = 3
    static let aliasBit: UInt8 = 0x80
    /// Stands in the place of a parameter's number: the patients that the resource names.
    static let namedPatients: UInt8 = 0x7F

    /// The first byte of a value.
    enum Tag {
        static let present: UInt8 = 0x00
        static let tokenBare: UInt8 = 0x01
        static let tokenImplied: UInt8 = 0x02
        static let tokenKnown: UInt8 = 0x03
        static let tokenURI: UInt8 = 0x04
        static let systemKnown: UInt8 = 0x05
        static let systemURI: UInt8 = 0x06
        static let stringSimple: UInt8 = 0x08
        static let stringFull: UInt8 = 0x09
        static let referenceUUID: UInt8 = 0x10
        static let referenceLocal: UInt8 = 0x11
        static let referenceAbsolute: UInt8 = 0x12
        static let canonical: UInt8 = 0x13
        static let canonicalVersion: UInt8 = 0x14
        static let referenceIdentifier: UInt8 = 0x15
        static let day: UInt8 = 0x20
        static let instant: UInt8 = 0x21
        static let span: UInt8 = 0x22
        static let number: UInt8 = 0x30
        static let numberSpan: UInt8 = 0x31
        static let quantity: UInt8 = 0x32
    }

    /// The record of these values. Equal values give equal bytes.
    public static func encode(_ values: ExtractedValues) -> [UInt8] {
        var writer = FilterWriter()
        writer.write(values)
        return writer.bytes
    }

    /// The base URL below which references of the resource were read as this server's; nil where none was, or the
    /// record is broken.
    public static func base(of bytes: [UInt8]) -> String? {
        guard bytes.first == versionWithBase else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            guard buffer.count >= headerCount else { return nil }
            var cursor = FilterCursor(buffer, headerCount..<buffer.count)
            return try? cursor.string()
        }
    }

    /// Whether a record was made by this version of the format and under these parameters, so that the same resource
    /// gives the same bytes.
    public static func isFresh(_ bytes: [UInt8], parameters: TypeParameters) -> Bool {
        bytes.withUnsafeBufferPointer { (try? FilterReader($0, parameters: parameters)) != nil }
    }

    /// What was extracted from the resource, as the record tells it: its terms are those of the resource.
    /// - Parameter patient: the logical id of the one patient in whose compartment the resource is, as the store has it.
    /// - Throws: ``FilterRecordError`` where the record is stale or broken.
    public static func values(
        _ bytes: [UInt8], parameters: TypeParameters, patient: String?
    ) throws(FilterRecordError) -> ExtractedValues {
        var entries = try decode(bytes, parameters: parameters)
        var patients = DistinctValues<String>()
        var isNamedOnly = false
        if let last = entries.last, last.number == namedPatients {
            SearchCatalog.collectPatients(last.values, &patients)
            isNamedOnly = true
            entries.removeLast()
        }
        guard entries.allSatisfy({ Int($0.number) < parameters.all.count }) else { throw FilterRecordError(.malformed) }
        if patient == nil, !isNamedOnly {
            for entry in entries where parameters.all[Int(entry.number)].placesInPatientCompartment {
                SearchCatalog.collectPatients(entry.values, &patients)
            }
        }
        return ExtractedValues(
            parameters: parameters, entries: entries, patient: patient, sharedPatients: patients.values.sorted(),
            isNamedOnly: isNamedOnly, base: base(of: bytes))
    }

    /// The entries of a record, as they were encoded.
    /// - Throws: ``FilterRecordError`` where the record is stale or broken.
    public static func decode(
        _ bytes: [UInt8], parameters: TypeParameters
    ) throws(FilterRecordError) -> [ExtractedValues.Entry] {
        try bytes.withUnsafeBufferPointer { buffer throws(FilterRecordError) in
            try FilterReader(buffer, parameters: parameters).entries()
        }
    }
}

/// Why a filter record cannot be used.
public struct FilterRecordError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reasons.
    public enum Code: Hashable, Sendable {
        /// Made by another version of the format or of the search parameters.
        case stale
        /// Its bytes do not follow the format.
        case malformed
    }

    public let code: Code

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .stale: "The filter record was made under other search parameters."
        case .malformed: "The filter record does not follow its format."
        }
    }
}
