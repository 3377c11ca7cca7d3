internal import WardDatabase
public import WardVault

/// What every ``CollectionStore`` must do. Each check throws ``Failure`` where the store does otherwise.
///
/// ```swift
/// @Test func conforms() async throws {
///     try await CollectionStoreConformance { Collection<ConformanceValue>(…, lookups: ["name": { $0.name }]) }.run()
/// }
/// ```
public struct CollectionStoreConformance<Store: CollectionStore<ConformanceValue>>: Sendable {
    private let make: @Sendable () async throws -> Store

    /// Checks the stores that `make` makes: each empty, with the lookup field `name`.
    public init(_ make: @escaping @Sendable () async throws -> Store) { self.make = make }

    /// What a store did wrong.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The rule that does not hold.
        public let description: String
    }

    /// All checks.
    public func run() async throws {
        try await returnsWhatWasPut()
        try await numbersVersions()
        try await comparesBeforeItSets()
        try await letsOneOfManyWin()
        try await findsByCurrentValue()
        try await listsNewestFirst()
        try await deletes()
    }

    private func returnsWhatWasPut() async throws {
        let store = try await make()
        try expect(await store.get(first) == nil, "an unknown id is nil")
        let item = try await store.put(first, ConformanceValue(name: "a", number: 1), expecting: nil, events: [])
        try expect(item.version == 1 && item.id == first && item.value.number == 1, "put returns what it wrote")
        let read = try await store.get(first)
        try expect(
            read?.value == item.value && read?.version == 1 && read?.updatedAt == item.updatedAt, "get returns it")
    }

    private func numbersVersions() async throws {
        let store = try await make()
        for number in 1...3 {
            let value = ConformanceValue(name: "a", number: number)
            let item = try await store.put(
                first, value, expecting: number == 1 ? nil : UInt64(number - 1), events: [])
            try expect(item.version == UInt64(number), "versions are dense")
        }
    }

    private func comparesBeforeItSets() async throws {
        let store = try await make()
        let value = ConformanceValue(name: "a", number: 1)
        try await expectConflict("an id that is not there has no version 1") {
            try await store.put(first, value, expecting: 1, events: [])
        }
        try await store.put(first, value, expecting: nil, events: [])
        try await expectConflict("an id is new once") {
            try await store.put(first, value, expecting: nil, events: [])
        }
        try await store.put(first, value, expecting: 1, events: [])
        try await expectConflict("an older version is not the current one") {
            try await store.put(first, ConformanceValue(name: "b", number: 9), expecting: 1, events: [])
        }
        try expect(await store.get(first)?.value == value, "a conflict writes nothing")
    }

    private func letsOneOfManyWin() async throws {
        let store = try await make()
        try await store.put(first, ConformanceValue(name: "a", number: 0), expecting: nil, events: [])
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 1...16 {
                group.addTask {
                    let value = ConformanceValue(name: "a", number: number)
                    return (try? await store.put(first, value, expecting: 1, events: [])) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        try expect(wins == 1, "of many writes on one version one wins")
    }

    private func findsByCurrentValue() async throws {
        let store = try await make()
        try await store.put(first, ConformanceValue(name: "a", number: 1), expecting: nil, events: [])
        try await store.put(second, ConformanceValue(name: "a", number: 2), expecting: nil, events: [])
        try expect(Set(await store.find("name", "a").map(\.id)) == [first, second], "find gives all that match")
        try await store.put(second, ConformanceValue(name: "b", number: 2), expecting: 1, events: [])
        try expect(await store.find("name", "a").map(\.id) == [first], "find forgets older values")
        try expect(await store.find("name", "B").isEmpty, "find is exact")
    }

    private func listsNewestFirst() async throws {
        let store = try await make()
        try await store.put(first, ConformanceValue(name: "a", number: 1), expecting: nil, events: [])
        try await store.put(second, ConformanceValue(name: "b", number: 1), expecting: nil, events: [])
        try await store.put(first, ConformanceValue(name: "a", number: 2), expecting: 1, events: [])
        try expect(await store.all(limit: 10).map(\.id) == [first, second], "the newest change comes first")
        try expect(await store.all(limit: 1).count == 1, "the limit holds")
    }

    private func deletes() async throws {
        let store = try await make()
        try await store.put(first, ConformanceValue(name: "a", number: 1), expecting: nil, events: [])
        try await expectConflict("an older version cannot be deleted") {
            try await store.delete(first, expecting: 7, events: [])
        }
        try await store.delete(first, expecting: 1, events: [])
        try expect(await store.get(first) == nil, "what is deleted is gone")
        try expect(await store.find("name", "a").isEmpty, "and is not found")
        try expect(await store.all(limit: 10).isEmpty, "nor listed")
    }

    private var first: LogicalID { LogicalID(uuid: [UInt8](repeating: 1, count: 16)) }
    private var second: LogicalID { LogicalID(uuid: [UInt8](repeating: 2, count: 16)) }

    private func expect(_ holds: Bool, _ rule: String) throws {
        guard holds else { throw Failure(description: rule) }
    }

    private func expectConflict(_ rule: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as DatabaseError where error.code == .versionConflict {
            return
        }
        throw Failure(description: rule)
    }
}

/// What the conformance suite stores.
public struct ConformanceValue: Codable, Sendable, Equatable {
    /// The lookup field.
    public var name: String
    /// Something else.
    public var number: Int

    /// A value.
    public init(name: String, number: Int) {
        self.name = name
        self.number = number
    }
}
