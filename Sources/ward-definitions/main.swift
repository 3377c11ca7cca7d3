import Foundation
import WardFHIR

// ward-definitions FOLDER FILE: reads the official R4 definitions in FOLDER and writes the tables to FILE.
guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: ward-definitions FOLDER FILE\n".utf8))
    exit(2)
}
do {
    let official = try OfficialDefinitions(folder: URL(fileURLWithPath: CommandLine.arguments[1]))
    let types = try TypeTables(official.structures)
    let others = ParameterTables(types: types)
    var tables = DefinitionTables()
    tables.types = types.types
    tables.parameters = try others.parameters(official.parameters)
    tables.compartments = try others.compartments(official.compartments)
    let bytes = DefinitionEncoder.encode(tables)
    try Data(bytes).write(to: URL(fileURLWithPath: CommandLine.arguments[2]))
    let elements = tables.types.reduce(0) { $0 + $1.elements.count }
    print("\(tables.types.count) types, \(elements) elements, \(tables.parameters.count) search parameters,",
        "\(bytes.count) bytes")
} catch {
    FileHandle.standardError.write(Data("ward-definitions: \(error)\n".utf8))
    exit(2)
}
