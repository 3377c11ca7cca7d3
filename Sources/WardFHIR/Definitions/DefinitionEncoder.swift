/// Writes definition tables as bytes; the same tables always give the same bytes.
///
/// The format. `n` is an unsigned LEB128 number; `s` is an `n` that counts into the string table; `t` is an `n` that
/// counts into the types; `t?` is an `n` where 0 means none and k means type k − 1; `[x]` is an `n` followed by that
/// many `x`.
///
/// ```
/// file        "WFHD" (4 bytes) · format 1 (1 byte) · [string] · [type] · [parameter] · [compartment]
/// string      n length · UTF-8 bytes                     sorted by bytes; number 0 is the empty string
/// type        s name · kind (1 byte: 0 primitive, 1 complex, 2 backbone, 3 resource) · abstract (1 byte: 0 or 1)
///             · t? base · [element]
/// element     s name · flags (1 byte: 1 choice, 2 contentReference, 4 modifier, 8 summary) · n min
///             · n max (0: no limit) · [t] types · [t] reference targets
/// parameter   s code · type (1 byte: 0 number, 1 date, 2 string, 3 token, 4 reference, 5 composite, 6 quantity,
///             7 uri, 8 special) · s url · [t] targets · [base] · [component]
/// base        t type · s expression (0: none)
/// component   s definition url · s expression
/// compartment s code · [member]
/// member      t type · [s] parameter codes
/// ```
package struct DefinitionEncoder {
    private var bytes: [UInt8] = []
    private let numbers: [String: Int]

    package static let magic: [UInt8] = Array("WFHD".utf8)
    package static let format: UInt8 = 1

    /// The bytes of `tables`.
    package static func encode(_ tables: DefinitionTables) -> [UInt8] {
        let strings = Self.strings(of: tables)
        var encoder = DefinitionEncoder(
            numbers: Dictionary(uniqueKeysWithValues: strings.enumerated().map { ($1, $0) }))
        encoder.bytes += magic
        encoder.bytes.append(format)
        encoder.list(strings) { encoder, string in
            encoder.number(string.utf8.count)
            encoder.bytes += Array(string.utf8)
        }
        encoder.list(tables.types) { $0.type($1) }
        encoder.list(tables.parameters) { $0.parameter($1) }
        encoder.list(tables.compartments) { encoder, compartment in
            encoder.string(compartment.code)
            encoder.list(compartment.members) { encoder, member in
                encoder.number(member.type)
                encoder.list(member.parameters) { $0.string($1) }
            }
        }
        return encoder.bytes
    }

    private init(numbers: [String: Int]) {
        self.numbers = numbers
    }

    private static func strings(of tables: DefinitionTables) -> [String] {
        var found: Set<String> = [""]
        for type in tables.types {
            found.insert(type.name)
            for element in type.elements { found.insert(element.name) }
        }
        for parameter in tables.parameters {
            found.formUnion([parameter.code, parameter.url])
            found.formUnion(parameter.bases.compactMap(\.expression))
            for component in parameter.components { found.formUnion([component.definition, component.expression]) }
        }
        for compartment in tables.compartments {
            found.insert(compartment.code)
            for member in compartment.members { found.formUnion(member.parameters) }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func type(_ type: TypeFacts) {
        string(type.name)
        bytes.append(type.kind.rawValue)
        bytes.append(type.isAbstract ? 1 : 0)
        number(type.base.map { $0 + 1 } ?? 0)
        list(type.elements) { encoder, element in
            encoder.string(element.name)
            encoder.bytes.append(element.flags.rawValue)
            encoder.number(element.min)
            encoder.number(element.max ?? 0)
            encoder.list(element.types) { $0.number($1) }
            encoder.list(element.targets) { $0.number($1) }
        }
    }

    private mutating func parameter(_ parameter: ParameterFacts) {
        string(parameter.code)
        bytes.append(parameter.type.rawValue)
        string(parameter.url)
        list(parameter.targets) { $0.number($1) }
        list(parameter.bases) { encoder, base in
            encoder.number(base.type)
            encoder.string(base.expression ?? "")
        }
        list(parameter.components) { encoder, component in
            encoder.string(component.definition)
            encoder.string(component.expression)
        }
    }

    private mutating func list<Item>(_ items: [Item], _ write: (inout DefinitionEncoder, Item) -> Void) {
        number(items.count)
        for item in items { write(&self, item) }
    }

    private mutating func string(_ string: String) {
        // `strings(of:)` has gathered every string of the tables, so each one has a number.
        number(numbers[string] ?? 0)
    }

    private mutating func number(_ number: Int) {
        var rest = UInt(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
