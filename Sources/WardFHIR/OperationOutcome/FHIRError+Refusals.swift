/// The refusals that FHIR's HTTP page names, each with its status.
extension FHIRError {
    /// 404: there is no such resource, or the caller may not know of it.
    public static let notFound = FHIRError(status: 404, .notFound, "there is no such resource")
    /// 404: there is no such resource type or page.
    public static let unknownEndpoint = FHIRError(status: 404, .notSupported, "there is nothing at this address")
    /// 410: the resource was deleted.
    public static let gone = FHIRError(status: 410, .deleted, "the resource was deleted")
    /// 410: the patient's records were destroyed by order, and nothing is kept for them any more.
    public static let destroyed = FHIRError(
        status: 410, .deleted, "the records of this patient were destroyed by order; nothing is kept for them any more")
    /// 401: nobody is signed in.
    public static let unauthorized = FHIRError(status: 401, .login, "sign in first")
    /// 403: the caller may not do this.
    public static let forbidden = FHIRError(status: 403, .forbidden, "this is not permitted")
    /// 405: the interaction is not offered here; names the methods that are.
    public static func methodNotAllowed(_ diagnostics: String, allowed: [String]) -> FHIRError {
        var error = FHIRError(status: 405, .notSupported, diagnostics)
        error.allowedMethods = allowed
        return error
    }

    /// 406: no acceptable representation.
    public static let notAcceptable = FHIRError(
        status: 406, .notSupported, "answers are application/fhir+json only")
    /// 413: the body is too large.
    public static let payloadTooLarge = FHIRError(status: 413, .tooLong, "the body is too large")
    /// 415: the body's media type is not supported.
    public static let unsupportedMediaType = FHIRError(
        status: 415, .notSupported, "bodies must be application/fhir+json, in UTF-8")
    /// 500: a failure of the server; its cause is in the log only.
    public static let internalFailure = FHIRError(status: 500, .exception, "the server failed")

    /// 400: the content or request is wrong at a path, header or parameter.
    public static func invalid(
        path: String? = nil, _ diagnostics: String = "the content is not valid", code: IssueType = .invalid
    ) -> FHIRError {
        FHIRError(status: 400, code, diagnostics, at: path)
    }

    /// 400: the request asks for something that is not supported; names the parameter, header or element.
    public static func notSupported(_ diagnostics: String, path: String? = nil) -> FHIRError {
        FHIRError(status: 400, .notSupported, diagnostics, at: path)
    }

    /// 409: the change conflicts with another, or with what is stored.
    public static func conflict(
        _ diagnostics: String = "the resource was changed by somebody else", path: String? = nil
    ) -> FHIRError {
        FHIRError(status: 409, .conflict, diagnostics, at: path)
    }

    /// 412: a condition of the request (If-Match, If-None-Match, …) does not hold.
    public static func preconditionFailed(
        _ diagnostics: String = "the version is not the current one", path: String? = nil
    ) -> FHIRError {
        FHIRError(status: 412, .conflict, diagnostics, at: path)
    }

    /// 412: a conditional interaction or reference matches more than one resource.
    public static func multipleMatches(path: String? = nil) -> FHIRError {
        FHIRError(status: 412, .multipleMatches, "the criteria match more than one resource", at: path)
    }

    /// 422: well formed, but against a rule of this server.
    public static func unprocessable(_ diagnostics: String, path: String? = nil) -> FHIRError {
        FHIRError(status: 422, .businessRule, diagnostics, at: path)
    }

    /// 403: answering would cost more than the server allows.
    public static func tooCostly(_ diagnostics: String = "the request would cost too much") -> FHIRError {
        FHIRError(status: 403, .tooCostly, diagnostics)
    }

    /// 429: too many requests.
    public static func throttled(retryAfter seconds: Int) -> FHIRError {
        var error = FHIRError(status: 429, .throttled, "too many requests")
        error.retryAfterSeconds = seconds
        return error
    }

    /// 503: cannot be done at the moment, and nothing was done.
    public static func unavailable(retryAfter seconds: Int = 1) -> FHIRError {
        var error = FHIRError(status: 503, .transient, "the server cannot do this at the moment")
        error.retryAfterSeconds = seconds
        return error
    }
}
