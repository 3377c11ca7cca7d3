internal import Hummingbird

/// Takes the errors of Hummingbird's router, which it would answer in its own words, to the place where all errors are
/// answered.
struct UnknownRoutes: MiddlewareProtocol {
    func handle(
        _ request: Request, context: EdgeContext, next: (Request, EdgeContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            throw error.status == .notFound ? EdgeError.notFound : EdgeError.internalError
        }
    }
}
