public import WardIdentity

/// The way in to the registered applications: each call needs the evidence that the caller may manage them.
public struct ClientAdministration: Sendable {
    private let register: ClientRegister

    /// Administers the applications of `register`.
    public init(_ register: ClientRegister) { self.register = register }

    /// Registers an application; it waits for its approval.
    /// - Throws: ``ClientError`` that names what is not well formed.
    public func add(
        _ registration: ClientRegistration, _ permit: AdministrativePermit
    ) async throws(ClientError) -> ClientSummary {
        try await register.add(registration, by: permit.checked())
    }

    /// All applications, by name; at most 10,000.
    public func list(_ permit: AdministrativePermit) async throws(ClientError) -> [ClientSummary] {
        try await register.list(by: permit.checked())
    }

    /// Opens an application: it may ask for tokens from now on.
    public func approve(id: String, _ permit: AdministrativePermit) async throws(ClientError) -> ClientSummary {
        try await register.approve(id, by: permit.checked())
    }

    /// Closes an application: its tokens have ended when this returns.
    public func disable(id: String, _ permit: AdministrativePermit) async throws(ClientError) -> ClientSummary {
        try await register.disable(id, by: permit.checked())
    }
}

extension AdministrativePermit {
    /// The caller, for an action on applications. Throws for a permit for something else.
    fileprivate func checked() throws(ClientError) -> Caller {
        guard permission == .manageClients else { throw .notPermitted }
        return caller
    }
}
