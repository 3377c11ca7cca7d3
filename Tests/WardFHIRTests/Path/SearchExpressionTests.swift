import Testing
import WardFHIR

/// Every expression of the R4 search parameters compiles and runs.
@Suite struct SearchExpressionTests {
    @Test func everyExpressionCompiles() throws {
        var count = 0
        for type in FHIRDefinitions.r4.resourceTypes {
            for parameter in FHIRDefinitions.r4.searchParameters(for: type) {
                if let expression = parameter.expression {
                    _ = try FHIRPath.compile(expression)
                    count += 1
                }
                for component in parameter.components { _ = try FHIRPath.compile(component.expression) }
            }
        }
        #expect(count == 2573)
    }

    // Skipped where the official examples are not on the machine.
    @Test(.enabled(if: OfficialData.isPresent, "needs ../shared/data/fhir-r4-examples"))
    func everyExpressionRunsOnEveryExample() throws {
        let archive = "fhir-r4-examples/hl7.fhir.r4.examples-4.0.1-instances.tgz"
        let r4 = FHIRDefinitions.r4
        var resources = 0
        var found: Set<String> = []
        var values = 0
        var spared = 0
        var compiled: [String: [(SearchParameterDefinition, CompiledPath)]] = [:]
        for (_, bytes) in try OfficialData.archive(archive, pattern: "package/*.json") {
            guard let document = try? JSONDocument(parsing: bytes), let name = document.root["resourceType"]?.string,
                let type = r4.resourceType(named: name)
            else { continue }
            resources += 1
            if compiled[name] == nil {
                compiled[name] = try r4.searchParameters(for: name).compactMap { parameter in
                    try parameter.expression.map { (parameter, try FHIRPath.compile($0)) }
                }
            }
            let present = Set(document.root.members.compactMap { name, _ in
                name.string.flatMap { type.element(named: $0)?.element.index }
            })
            for (parameter, path) in compiled[name] ?? [] {
                let result = try path.evaluate(resource: document.root, type: type)
                if let needed = path.rootElements(of: type) {
                    #expect(result.isEmpty || !needed.isDisjoint(with: present), "\(name).\(parameter.code)")
                    if result.isEmpty, needed.isDisjoint(with: present) { spared += 1 }
                }
                values += result.count
                if !result.isEmpty { found.insert("\(name).\(parameter.code)") }
            }
        }
        print("search expressions on official examples: \(resources) resources, \(values) values,",
            "\(found.count) parameters met, \(spared) evaluations needless")
        #expect(resources >= 725)
        #expect(found.count >= 1419)
        #expect(spared >= 8_053)
    }
}
