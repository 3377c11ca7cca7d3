/// Algorithms of signed tokens, by their `alg`. All are asymmetric: a key that verifies can never sign.
///
/// Source: RFC 7518 §3.1.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"

    /// What clients may sign their assertions with. Source: SMART App Launch 2.2, client-confidential-asymmetric.
    public static let clientAssertions: Set<SignatureAlgorithm> = [.rs384, .es384]
}
