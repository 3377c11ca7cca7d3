/// Why bytes are no definition tables.
public struct DefinitionsError: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Code: Sendable {
        /// The bytes do not begin as the format says.
        case unknownFormat
        /// The bytes end too early, or a number in them points nowhere.
        case corrupt
    }

    /// What is wrong.
    public let code: Code
    /// Where in the bytes.
    public let offset: Int
}

/// Reads what `DefinitionEncoder` wrote; every number is checked.
package struct DefinitionDecoder {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var strings: [String] = []
    private var typeCount = 0

    /// The tables in `bytes`.
    package static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(DefinitionsError) -> DefinitionTables {
        var decoder = DefinitionDecoder(bytes: bytes)
        return try decoder.tables()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private mutating func tables() throws(DefinitionsError) -> DefinitionTables {
        for expected in DefinitionEncoder.magic + [DefinitionEncoder.format] where try byte() != expected {
            throw DefinitionsError(code: .unknownFormat, offset: offset)
        }
        strings = try list { (decoder) throws(DefinitionsError) in try decoder.text() }
        var tables = DefinitionTables()
        typeCount = try number()
        if typeCount > bytes.count { throw corrupt }
        tables.types.reserveCapacity(typeCount)
        for _ in 0..<typeCount { tables.types.append(try type()) }
        tables.parameters = try list { (decoder) throws(DefinitionsError) in try decoder.parameter() }
        tables.compartments = try list { (decoder) throws(DefinitionsError) in
            CompartmentFacts(code: try decoder.string(), members: try decoder.members())
        }
        if offset != bytes.count { throw corrupt }
        return tables
    }

    private mutating func type() throws(DefinitionsError) -> TypeFacts {
        let name = try string()
        guard let kind = TypeKind(rawValue: try byte()) else { throw corrupt }
        let isAbstract = try byte() == 1
        let base = try number()
        if base > typeCount { throw corrupt }
        let elements = try list { (decoder) throws(DefinitionsError) in try decoder.element() }
        return TypeFacts(
            name: name, kind: kind, isAbstract: isAbstract, base: base == 0 ? nil : base - 1, elements: elements)
    }

    private mutating func element() throws(DefinitionsError) -> ElementFacts {
        let name = try string()
        let flags = ElementFlags(rawValue: try byte())
        let min = try number()
        let max = try number()
        return ElementFacts(
            name: name, flags: flags, min: min, max: max == 0 ? nil : max, types: try types(), targets: try types())
    }

    private mutating func parameter() throws(DefinitionsError) -> ParameterFacts {
        let code = try string()
        guard let type = SearchParameterType(rawValue: try byte()) else { throw corrupt }
        let url = try string()
        let targets = try types()
        let bases = try list { (decoder) throws(DefinitionsError) in
            let type = try decoder.typeNumber()
            let expression = try decoder.string()
            return ParameterFacts.Base(type: type, expression: expression.isEmpty ? nil : expression)
        }
        let components = try list { (decoder) throws(DefinitionsError) in
            ParameterFacts.Component(definition: try decoder.string(), expression: try decoder.string())
        }
        return ParameterFacts(
            code: code, type: type, url: url, targets: targets, bases: bases, components: components)
    }

    private mutating func members() throws(DefinitionsError) -> [CompartmentFacts.Member] {
        try list { (decoder) throws(DefinitionsError) in
            let type = try decoder.typeNumber()
            let parameters = try decoder.list { (decoder) throws(DefinitionsError) in try decoder.string() }
            return CompartmentFacts.Member(type: type, parameters: parameters)
        }
    }

    private mutating func types() throws(DefinitionsError) -> [Int] {
        try list { (decoder) throws(DefinitionsError) in try decoder.typeNumber() }
    }

    private mutating func list<Item>(
        _ item: (inout DefinitionDecoder) throws(DefinitionsError) -> Item
    ) throws(DefinitionsError) -> [Item] {
        let count = try number()
        // An item takes at least one byte.
        if count > bytes.count - offset { throw corrupt }
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }

    private mutating func text() throws(DefinitionsError) -> String {
        let length = try number()
        if length > bytes.count - offset { throw corrupt }
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    private mutating func string() throws(DefinitionsError) -> String {
        let index = try number()
        if index >= strings.count { throw corrupt }
        return strings[index]
    }

    private mutating func typeNumber() throws(DefinitionsError) -> Int {
        let index = try number()
        if index >= typeCount { throw corrupt }
        return index
    }

    private mutating func number() throws(DefinitionsError) -> Int {
        var result = 0
        var shift = 0
        while true {
            let next = try byte()
            result |= Int(next & 0x7F) << shift
            if next < 0x80 { return result }
            shift += 7
            if shift > 42 { throw corrupt }
        }
    }

    private mutating func byte() throws(DefinitionsError) -> UInt8 {
        if offset >= bytes.count { throw corrupt }
        defer { offset += 1 }
        return bytes[offset]
    }

    private var corrupt: DefinitionsError { DefinitionsError(code: .corrupt, offset: offset) }
}
