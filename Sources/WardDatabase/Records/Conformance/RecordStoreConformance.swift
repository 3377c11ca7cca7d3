/// What a test gives the conformance suite: one store that can be opened again and again.
public protocol RecordStoreHarness: Sendable {
    /// Opens the same store again; the suite closes what it opened, before it opens anew.
    func open() async throws -> any RecordStore

    /// Opens the same store for reading only, beside an open one; nil if the engine has no such mode.
    func openForReading() async throws -> (any RecordStore)?
}

/// The guarantees of ``RecordStore``, as checks that every engine passes whole.
///
/// Run each of ``checks`` against a fresh, empty store. Give the store small bounds as well, so that its inner levels are all used.
///
/// ```swift
/// @Test(arguments: RecordStoreConformance.checks)
/// func conforms(_ check: RecordStoreConformance.Check) async throws {
///     try await check.run(harness())
/// }
/// ```
public enum RecordStoreConformance {
    /// One guarantee.
    public struct Check: Sendable, CustomStringConvertible {
        /// What is guaranteed.
        public let description: String
        /// Tries it.
        /// - Throws: ``ConformanceFailure`` where the store breaks the guarantee.
        public let run: @Sendable (any RecordStoreHarness) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (any RecordStoreHarness) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    /// All guarantees.
    public static let checks: [Check] =
        writing + preconditions + outbox + searching + indexing + compartments + removing + epochs + lifecycle
}

/// A guarantee that a store breaks.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was expected, and where.
    public let description: String

    init(_ expectation: String, _ file: StaticString, _ line: UInt) {
        description = "\(expectation) (\(file):\(line))"
    }
}

/// Throws unless `condition` holds.
func expect(
    _ condition: Bool, _ expectation: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws {
    if !condition { throw ConformanceFailure(expectation(), file, line) }
}

/// Throws unless `body` fails with `code`.
func expectFailure(
    _ code: DatabaseError.Code, _ expectation: String, file: StaticString = #fileID, line: UInt = #line,
    _ body: () async throws(DatabaseError) -> Void
) async throws {
    do throws(DatabaseError) {
        try await body()
    } catch {
        if error.code == code { return }
        throw ConformanceFailure("\(expectation): expected \(code.rawValue), got \(error.code.rawValue)", file, line)
    }
    throw ConformanceFailure("\(expectation): expected \(code.rawValue), nothing was thrown", file, line)
}
