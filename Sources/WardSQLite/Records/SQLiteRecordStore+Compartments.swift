public import WardDatabase

extension SQLiteRecordStore {
    /// Rows that one step of a walk through a compartment looks at. There is no index by patient: a walk is rare, and
    /// an index would cost every write.
    private static let stepRows: Int64 = 50_000

    public func closeCompartment(of patient: LogicalID, tenant: TenantID) async throws(DatabaseError) {
        guard let writer else { throw DatabaseError(.unavailable, "compartment: open for reading only") }
        try await writer.write { connection throws(DatabaseError) in
            let statement = try connection.statement(
                "INSERT INTO closed_compartment (tenant, patient) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
            statement.bind(1, Int64(tenant.rawValue))
            RecordRow.bind(patient, statement, 2)
            try statement.run()
        }
    }

    public func closedCompartments(tenant: TenantID) async throws(DatabaseError) -> Set<LogicalID> {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("SELECT patient FROM closed_compartment WHERE tenant = ?1")
            statement.bind(1, Int64(tenant.rawValue))
            var found: Set<LogicalID> = []
            try statement.forEachRow { row throws(DatabaseError) in
                // What is no id closes nobody's compartment; a verification names it.
                if let patient = RecordRow.id(row, 0) { found.insert(patient) }
                return true
            }
            return found
        }
    }

    public func compartment(
        of patient: LogicalID, tenant: TenantID, after sequence: Int64
    ) async throws(DatabaseError) -> CompartmentPage {
        try await readers.read { connection throws(DatabaseError) in
            let newest = try connection.statement("SELECT max(sequence) FROM record WHERE sequence > 0").first { $0.integer(0) } ?? 0
            let end = newest - sequence > Self.stepRows ? sequence + Self.stepRows : newest
            let statement = try connection.statement("""
                SELECT sequence FROM record WHERE sequence > ?1 AND sequence <= ?2 AND tenant = ?3 AND patient = ?4
                    AND (current = 1 OR length(filter) > 0) ORDER BY sequence
                """)
            statement.bind(1, sequence)
            statement.bind(2, end)
            statement.bind(3, Int64(tenant.rawValue))
            RecordRow.bind(patient, statement, 4)
            var found: [Int64] = []
            try statement.forEachRow { row throws(DatabaseError) in
                found.append(row.integer(0))
                return true
            }
            return CompartmentPage(sequences: found, next: end < newest ? end : nil)
        }
    }

    /// Throws `.destroyed` where a record goes into a compartment that is closed.
    static func requireOpenCompartments(_ records: [NewRecord], _ connection: Connection) throws(DatabaseError) {
        var last: LogicalID?
        for record in records where record.patient != nil && record.patient != last {
            guard let patient = record.patient else { continue }
            last = patient
            let statement = try connection.statement("SELECT 1 FROM closed_compartment WHERE tenant = ?1 AND patient = ?2")
            statement.bind(1, Int64(record.key.tenant.rawValue))
            RecordRow.bind(patient, statement, 2)
            if try statement.first({ _ in true }) != nil {
                throw DatabaseError(.destroyed, "commit: this patient's keys were destroyed")
            }
        }
    }

    /// Takes versions out of the index and their filter records away.
    /// - Parameter since: the sequence of a version of the same batch: what leaves the index does so after it.
    /// - Returns: what leaves the index, by the number of its set of tables.
    static func withdraw(
        _ sequences: [Int64], since: Int64, _ epochs: [TokenEpoch], _ connection: Connection
    ) throws(DatabaseError) -> [Int: [TokenChange]] {
        var changes: [Int: [TokenChange]] = [:]
        for sequence in sequences {
            let current = try connection.statement("SELECT current FROM record WHERE sequence = ?1")
            current.bind(1, sequence)
            guard let isCurrent = try current.first({ $0.flag(0) }) else { continue }
            let update = try connection.statement("UPDATE record SET current = 0, filter = x'' WHERE sequence = ?1")
            update.bind(1, sequence)
            try update.run()
            guard isCurrent else { continue }
            for epoch in epochs {
                changes[epoch.tables.number, default: []] += try drop(sequence, since: since, epoch.tables, connection)
            }
        }
        return changes
    }
}
