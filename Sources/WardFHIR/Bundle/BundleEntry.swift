/// One entry of a batch or transaction.
public struct BundleEntry: Sendable {
    /// The place in the Bundle, from 0.
    public let index: Int
    /// `GET`, `POST`, `PUT`, `DELETE`, …
    public let method: String
    /// The URL relative to the base, query included, as sent. It may hold PHI.
    public let url: String
    public let fullURL: String?
    public let ifMatch: String?
    public let ifNoneMatch: String?
    public let ifModifiedSince: String?
    public let ifNoneExist: String?
    public let resource: JSONNode?

    init(_ node: JSONNode, index: Int) throws(FHIRError) {
        let path = "Bundle.entry[\(index)]"
        guard node.kind == .object else { throw .invalid(path: path, "an object is expected") }
        guard let request = node["request"], request.kind == .object else {
            throw .invalid(path: "\(path).request", "every entry of a batch or transaction needs a request")
        }
        guard let method = request["method"]?.string else {
            throw .invalid(path: "\(path).request.method", "a method is required")
        }
        guard let url = request["url"]?.string else {
            throw .invalid(path: "\(path).request.url", "a URL is required")
        }
        self.index = index
        self.method = method
        self.url = url
        self.fullURL = node["fullUrl"]?.string
        self.ifMatch = request["ifMatch"]?.string
        self.ifNoneMatch = request["ifNoneMatch"]?.string
        self.ifModifiedSince = request["ifModifiedSince"]?.string
        self.ifNoneExist = request["ifNoneExist"]?.string
        self.resource = node["resource"]
        if (method == "POST" && !url.contains("_search")) || method == "PUT" {
            guard let resource, resource.kind == .object else {
                throw .invalid(path: "\(path).resource", "\(method) needs a resource")
            }
        }
    }
}
