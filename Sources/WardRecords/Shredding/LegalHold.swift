/// That a patient's records must be kept, whoever wants them shredded. It lies sealed in its collection, under the
/// patient's logical id.
public struct LegalHold: Codable, Sendable, Equatable {
    /// The name of the sealed collection.
    public static let collectionName = "_hold"

    /// The patient's logical id.
    public var patient: String
    /// Why, in the words of who placed it.
    public var reason: String
    public var placedBy: ShredRequest.Person
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var placedAt: Int64
}
