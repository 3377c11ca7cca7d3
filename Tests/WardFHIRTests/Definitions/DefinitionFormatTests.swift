import Testing
import WardFHIR

@Suite struct DefinitionFormatTests {
    static let tables: DefinitionTables = {
        var tables = DefinitionTables()
        tables.types = [
            TypeFacts(name: "boolean", kind: .primitive, isAbstract: false, base: nil, elements: []),
            TypeFacts(name: "Thing", kind: .resource, isAbstract: false, base: 0, elements: [
                ElementFacts(name: "value", flags: [.choice, .summary], min: 0, max: nil, types: [0, 1], targets: [1]),
                ElementFacts(name: "part", flags: [.contentReference], min: 1, max: 300, types: [1], targets: []),
            ]),
        ]
        tables.parameters = [
            ParameterFacts(
                code: "value", type: .composite, url: "http://example.org/value", targets: [1],
                bases: [.init(type: 1, expression: "Thing.value"), .init(type: 0, expression: nil)],
                components: [.init(definition: "http://example.org/part", expression: "part")]),
        ]
        tables.compartments = [CompartmentFacts(code: "Thing", members: [.init(type: 1, parameters: ["value"])])]
        return tables
    }()

    @Test func readsWhatItWrote() throws {
        let bytes = DefinitionEncoder.encode(Self.tables)
        let read = try bytes.withUnsafeBufferPointer { bytes throws(DefinitionsError) in
            try DefinitionDecoder.decode(bytes)
        }
        #expect(read == Self.tables)
        #expect(DefinitionEncoder.encode(read) == bytes)
    }

    @Test func beginsAsDocumented() {
        let bytes = DefinitionEncoder.encode(DefinitionTables())
        #expect(bytes == Array("WFHD".utf8) + [1, 1, 0, 0, 0, 0])
    }

    @Test func refusesBytesThatEndTooEarly() {
        let bytes = DefinitionEncoder.encode(Self.tables)
        for length in 0..<bytes.count {
            #expect(throws: DefinitionsError.self) {
                try bytes[..<length].withUnsafeBufferPointer { bytes throws(DefinitionsError) in
                    _ = try DefinitionDecoder.decode(bytes)
                }
            }
        }
    }

    @Test func refusesAnotherFormat() {
        var bytes = DefinitionEncoder.encode(Self.tables)
        bytes[4] = 2
        #expect(throws: DefinitionsError.self) {
            try bytes.withUnsafeBufferPointer { bytes throws(DefinitionsError) in
                _ = try FHIRDefinitions(decoding: bytes)
            }
        }
    }
}
