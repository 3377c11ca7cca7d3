internal import WardDatabase
internal import WardFHIR

/// Takes a resource in: parses it, holds it against the definitions and the rules of the home. What it lets through is a resource of the
/// expected type with a right structure.
struct ResourceIntake: Sendable {
    let validator: StructureValidator
    /// A production home refuses test data; a development home labels all it holds as test data.
    let isDevelopment: Bool

    /// Parses a request's body and checks it.
    /// - Throws: ``FHIRError`` 400, 413, 415 or 422 that names the path and never a value.
    func resource(_ request: FHIRRequest, type: String) throws(FHIRError) -> JSONNode {
        try Self.requireJSON(request)
        let node = try Self.parse(request.body)
        try check(node, type: type, place: nil)
        return node
    }

    /// Parses JSON.
    static func parse(_ body: [UInt8]) throws(FHIRError) -> JSONNode {
        do throws(JSONError) {
            return try JSONDocument(parsing: body).root
        } catch {
            throw FHIRError(error)
        }
    }

    /// Checks a resource that is a part of something larger; `place` is the path of that part.
    func check(_ node: JSONNode, type: String, place: String?) throws(FHIRError) {
        guard node.kind == .object else { throw .invalid(path: place ?? type, "a resource is expected: a JSON object") }
        guard let name = node["resourceType"]?.string else {
            throw .invalid(path: "\(place ?? type).resourceType", "resourceType is required", code: .required)
        }
        guard name == type else {
            throw .invalid(path: "\(place ?? type).resourceType", "the URL asks for \(type); the resource is of another type")
        }
        let issues = validator.validate(node, expecting: type)
        guard issues.isEmpty else {
            throw FHIRError(status: 400, issues: issues.map { issue in
                .init(.error, issue.code, issue.message, expression: [place.map { "\($0): \(issue.path)" } ?? issue.path])
            })
        }
        if !isDevelopment, let labelled = TestLabel.find(in: node, at: place ?? type) {
            throw .unprocessable("a production home takes no test data: the security label HTEST is set", path: labelled)
        }
    }

    /// Checks what holds the entries of a batch or transaction: everything but their resources, each of which is checked when it is taken in.
    func checkEnvelope(_ bundle: JSONNode) throws(FHIRError) {
        let issues = validator.validateEnvelope(bundle, expecting: "Bundle")
        guard issues.isEmpty else {
            throw FHIRError(status: 400, issues: issues.map { .init(.error, $0.code, $0.message, expression: [$0.path]) })
        }
    }

    /// Holds the id of a resource in a body against the id of the URL.
    static func checkID(_ node: JSONNode, _ id: LogicalID, type: String) throws(FHIRError) {
        guard let written = node["id"] else { throw .invalid(path: "\(type).id", "an update needs the id of the URL", code: .required) }
        guard written.equals(id.text) else { throw .invalid(path: "\(type).id", "the id must be that of the URL") }
    }

    /// Holds the media type of a body against those that are taken; a body without one is taken for JSON.
    static func requireJSON(_ request: FHIRRequest) throws(FHIRError) {
        guard let contentType = request.contentType else { return }
        guard MediaType(contentType).isJSON else { throw .unsupportedMediaType }
    }
}
