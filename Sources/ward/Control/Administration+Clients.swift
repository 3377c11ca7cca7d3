internal import WardAccess
internal import WardDatabase
internal import WardIdentity

/// What commands do with registered applications.
extension Administration {
    /// Does an operation on applications, with the evidence that the caller may.
    func applications(_ operation: HomeOperation, _ permit: AdministrativePermit) async throws -> HomeAnswer {
        let clients = ClientAdministration(house.identity.authorizationServer.clients)
        switch operation {
        case .clientAdd(let request):
            guard let kind = ClientKind(rawValue: request.kind) else {
                throw Failure("no such kind; the kinds are: \(ClientKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let made = try await clients.add(
                ClientRegistration(
                    name: request.name, kind: kind, redirectURIs: request.redirectURIs, launchURL: request.launchURL,
                    scopes: request.scopes, keySet: request.keySet.map { Array($0.utf8) }, keySetURL: request.keySetURL,
                    isCertificateBound: request.isCertificateBound),
                permit)
            guard request.isApproved else { return .clients([.init(made)]) }
            return .clients([.init(try await clients.approve(id: made.id.text, permit))])
        case .clientList: return .clients(try await clients.list(permit).map(HomeAnswer.Application.init))
        case .clientApprove(let id): return .clients([.init(try await clients.approve(id: id, permit))])
        case .clientDisable(let id): return .clients([.init(try await clients.disable(id: id, permit))])
        default: throw Failure("this is no operation on applications")
        }
    }
}

extension HomeAnswer.Application {
    init(_ client: ClientSummary) {
        self.init(
            clientId: client.id.text, name: client.name, kind: client.kind.rawValue, status: client.status.rawValue,
            redirectUris: client.redirectURIs, launchUrl: client.launchURL, scopes: client.scopes,
            jwksUri: client.keySetURL, hasKeys: client.hasKeys,
            isCertificateBound: client.isCertificateBound)
    }
}
