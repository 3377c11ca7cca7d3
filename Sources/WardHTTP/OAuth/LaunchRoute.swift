internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR
internal import WardIdentity

/// `POST /auth/launch` with a `client` and a `patient`: the address that opens the app with this patient.
struct LaunchRoute: Sendable {
    let services: EdgeServices
    let bodies: BodyCollector
    let base: BaseURL

    func respond(_ request: Request, _ context: AuthenticatedContext) async throws -> Response {
        guard MediaTypes.matches(request.headers[.contentType], "application/json") else {
            throw EdgeError(415, .notSupported, "The body must be application/json.")
        }
        let body = try await bodies.collect(request, on: context.channel, trace: context.trace, limit: 4_096)
        guard let root = (try? JSONDocument(parsing: body.bytes))?.root, root.kind == .object, root.count == 2,
            let client = root["client"]?.string, let patient = root["patient"]?.string
        else { throw EdgeError.badBody }
        let choice = PatientChoice(services: services, base: base, requestID: context.trace.id)
        guard try await choice.isReadable(patient, context.caller) else { throw EdgeError.notFound }
        do {
            let address = try await services.oauth.launch(client: client, patient: patient, by: context.caller)
            var writer = JSONWriter(reserving: 256)
            writer.beginObject()
            writer.name("launch_url")
            writer.string(address)
            writer.endObject()
            return Response(
                status: .ok, headers: [.contentType: MediaTypes.json],
                body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
        } catch {
            throw error.code == .temporarilyUnavailable ? EdgeError.unavailable : EdgeError.notFound
        }
    }
}
