internal import WardIdentity
internal import WardRecords

/// What commands do with shreddings and legal holds. The operating system's word is not enough for them: two of its accounts may be one
/// person, so whoever orders signs in.
extension Administration {
    private static let source = "local"

    /// Signs somebody in, does what they order, and signs them out.
    func shredding(_ order: ShreddingOrder, _ person: SignedIn) async throws -> HomeAnswer {
        let session = try await house.identity.signIn.signIn(
            name: person.name, password: person.password, code: person.code, source: Self.source)
        let caller = try await house.identity.authenticator.authenticate(token: session.token, source: Self.source)
        do {
            let answer = try await perform(order, caller)
            try await house.identity.signIn.signOut(caller)
            return answer
        } catch {
            try await house.identity.signIn.signOut(caller)
            throw error
        }
    }

    private func perform(_ order: ShreddingOrder, _ caller: Caller) async throws -> HomeAnswer {
        let desk = house.shredding
        switch order {
        case .ask(let patient, let reason): return .shreddings([try await desk.ask(patient, reason: reason, by: caller)])
        case .confirm(let id): return .shreddings([try await desk.confirm(id, by: caller)])
        case .hold(let patient, let reason): return .holds([try await desk.hold(patient, reason: reason, by: caller)])
        case .release(let patient): return .holds([try await desk.release(patient, by: caller)])
        }
    }
}
