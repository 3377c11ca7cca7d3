internal import Synchronization
internal import WardDatabase

/// The numbers that stand for type names in rows, remembered.
final class RecordTypes: Sendable {
    private struct State {
        var numbers: [String: Int64] = [:]
        var names: [Int64: String] = [:]
    }

    private let state = Mutex(State())

    /// The number of a type if it is remembered.
    func number(of name: String) -> Int64? { state.withLock { $0.numbers[name] } }

    /// The number of a type, or nil where the store never saw it.
    ///
    /// `isDurable` says that what the connection sees cannot be rolled back any more; only then it is remembered.
    func number(
        of name: String, _ connection: Connection, isDurable: Bool = true
    ) throws(DatabaseError) -> Int64? {
        if let known = number(of: name) { return known }
        let statement = try connection.statement("SELECT number FROM record_type WHERE name = ?1")
        statement.bind(1, name)
        guard let number = try statement.first({ $0.integer(0) }) else { return nil }
        if isDurable { remember(name, number) }
        return number
    }

    /// The name of a number that stands in a row.
    func name(of number: Int64, _ connection: Connection) throws(DatabaseError) -> String {
        if let known = state.withLock({ $0.names[number] }) { return known }
        let statement = try connection.statement("SELECT name FROM record_type WHERE number = ?1")
        statement.bind(1, number)
        // One in another form than text is found by nothing that asks for it.
        guard let name = try statement.first({ $0.isText(0) ? $0.text(0) : "" }), !name.isEmpty else {
            throw RecordRow.damaged("its type is none that is known here")
        }
        remember(name, number)
        return name
    }

    /// Gives a number to a type, in a transaction of the writer.
    static func add(_ name: String, _ connection: Connection) throws(DatabaseError) {
        let statement = try connection.statement("INSERT OR IGNORE INTO record_type (name) VALUES (?1)")
        statement.bind(1, name)
        try statement.run()
    }

    private func remember(_ name: String, _ number: Int64) {
        state.withLock { state in
            state.numbers[name] = number
            state.names[number] = name
        }
    }
}
