internal import WardVault

/// Values of sealed collections that were swept are no more there, and the log still tells of them: the sealed mark of the
/// collection says up to when that is as it must be.
extension RecordVerifier {
    /// How much later than a value's last version an entry may be dated that tells of it, in microseconds. It is far less than
    /// what lies between the last use of a value and its removal.
    private static let sweepTolerance: Int64 = 3_600_000_000

    /// Whether what an entry of this time tells of was swept, as far as marks were looked at.
    func isSwept(_ type: String, _ time: Int64, _ seen: SeenVersions) -> Bool {
        guard let through = seen.sweptThrough[type] else { return false }
        return time <= through + Self.sweepTolerance
    }

    /// Looks at the mark of a collection, after something of it was not found.
    func readSweepMark(of type: String, _ seen: inout SeenVersions) async throws {
        guard type.hasPrefix("_"), let mark = try await mark(of: type) else { return }
        seen.sweptThrough[type] = mark.through
    }

    /// Whether a collection was ever swept.
    func isSweptCollection(_ type: String) async throws -> Bool {
        guard type.hasPrefix("_") else { return false }
        return try await mark(of: type) != nil
    }

    /// Whether a sequence may be that of a version that was swept.
    func isBelowSweep(_ sequence: Int64) async throws -> Bool {
        for collection in collections.keys {
            if let mark = try await mark(of: collection), sequence <= mark.sequence { return true }
        }
        return false
    }

    /// The mark of a collection; none where it does not open, for then it vouches for nothing. That it does not open is a
    /// fault by itself.
    private func mark(of type: String) async throws -> SweepMark? {
        do throws(VaultError) {
            return try await vault.sweepMark(of: type)
        } catch {
            guard error.code == .notAuthentic || error.code == .keyMissing else { throw error }
            return nil
        }
    }
}
