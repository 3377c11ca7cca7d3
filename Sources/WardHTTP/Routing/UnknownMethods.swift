internal import HTTPTypes
internal import HummingbirdCore

/// Takes methods that HTTP has and Ward does not know, such as `PROPFIND`, the way of those that no endpoint has: the credential first,
/// then 405 with `Allow`, and an entry in the audit log.
///
/// 405 and not the 501 of RFC 9110 §9.1: answers of 5xx are faults of this server, logged and alarmed as such, and everybody could make
/// them.
enum UnknownMethods {
    /// The request, by a method that the table of routes knows.
    static func known(_ request: Request) -> Request {
        guard !Endpoint.knownMethods.contains(request.method.rawValue) else { return request }
        var head = request.head
        head.method = .trace
        return Request(head: head, body: request.body)
    }
}
