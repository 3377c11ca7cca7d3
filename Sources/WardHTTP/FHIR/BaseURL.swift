internal import Synchronization

/// The server's own FHIR base URL, known once the port is bound.
final class BaseURL: Sendable {
    private let state = Mutex<String>("https://localhost/fhir")

    /// Such as `https://127.0.0.1:8443/fhir`, without a slash at the end. Never taken from a request's `Host`.
    var fhir: String { state.withLock { $0 } }

    func set(authority: String) { state.withLock { $0 = "https://\(authority)/fhir" } }
}
