@testable import WardKeyProviders

extension KeyServiceHTTP.Retries {
    /// Waits longer for an answer than a task waits here for its turn: what is sent twice is another test.
    static let patient = Self(timeout: .seconds(600), connectTimeout: .seconds(600))
}
