internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import WardAudit
internal import WardFHIR
internal import WardRecords
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// `GET /api/audit/{question}`: the questions that people ask of the log, with paging.
///
/// Parameters: `patient` (`Patient/ID`, for `who-saw`), `user` (for `what-did`), `from`, `to` (RFC 3339), `limit` (at
/// most 500), `before` (the page's link), `whole_log=true`. The answer links to the next page.
struct AuditRoute: Sendable {
    let services: EdgeServices
    let configuration: ServerConfiguration
    let logger: Logger

    static let path = "/api/audit"

    func respond(to request: Request, context: AuthenticatedContext) async throws -> Response {
        let asked = try await read(request, context)
        let question = try? asked.get()
        let audited: Audited<AuditDesk.Reply>
        do {
            audited = try await services.audit(question, context.caller, context.trace.id)
        } catch {
            // Fail closed: the reading is not in the log, so it did not happen.
            logger.error("the log could not be asked", error: error, metadata: ["request_id": "\(context.trace.id)"])
            throw EdgeError.unavailable
        }
        if case .refused = audited.value { throw EdgeError.forbidden }
        return try Self.response(audited, asked.get())
    }

    /// The question, or what is wrong with its parameters: that is said to those only who may ask.
    private func read(
        _ request: Request, _ context: AuthenticatedContext
    ) async throws -> Result<AuditQuestion, EdgeError> {
        do throws(EdgeError) {
            let target = try RequestTarget(
                request.head.path ?? "", maximumParameters: configuration.maximumQueryParameters)
            guard target.path.count == 3, let kind = AuditQuestion.Kind(rawValue: target.path[2]) else { throw .notFound }
            return Result { () throws(EdgeError) in try Self.question(kind, target) }
        } catch {
            throw await services.told(error, Self.path, context.caller)
        }
    }

    private static func question(_ kind: AuditQuestion.Kind, _ target: RequestTarget) throws(EdgeError) -> AuditQuestion {
        var question = AuditQuestion(kind)
        var seen: Set<String> = []
        for (name, value) in target.query {
            guard seen.insert(name).inserted else { throw twice(name) }
            switch name {
            case "patient" where kind == .whoSaw, "user" where kind == .whatDid: question.subject = value
            case "from":
                guard let time = LogTime.microseconds(value) else { throw wrong("from is a time such as 2026-01-31 or 2026-01-31T08:00:00Z.") }
                question.from = time
            case "to":
                guard let time = LogTime.microseconds(value) else { throw wrong("to is a time such as 2026-01-31 or 2026-01-31T08:00:00Z.") }
                question.to = time
            case "limit":
                guard let limit = Int(value), (1...AuditQuestion.largestPage).contains(limit) else { throw wrong("limit is a number from 1 to 500.") }
                question.limit = limit
            case "before":
                guard let position = Int64(value), position >= 0 else { throw wrong("before is the number that the page before names, 0 or more.") }
                question.before = position
            case "whole_log":
                guard value == "true" || value == "false" else { throw wrong("whole_log is true or false.") }
                question.readsWholeLog = value == "true"
            case "patient": throw wrong("patient goes with who-saw only.")
            case "user": throw wrong("user goes with what-did only.")
            default: throw unknown(name)
            }
        }
        if kind.needsSubject, question.subject == nil {
            throw wrong(kind == .whoSaw
                ? "patient is missing: who-saw asks about one, as Patient/ID." : "user is missing: what-did asks about one, by name or id.")
        }
        return question
    }

    private static func wrong(_ words: StaticString) -> EdgeError { EdgeError(400, .invalid, words) }

    /// A parameter that no question has, by its name. What no parameter can be called may be anything, and is not repeated.
    private static func unknown(_ name: String) -> EdgeError {
        var error = wrong(
            "This parameter is not known here; patient, user, from, to, limit, before and whole_log are.")
        error.parameter = ParameterName.shown(name)
        return error
    }

    /// A parameter that came a second time.
    private static func twice(_ name: String) -> EdgeError {
        switch name {
        case "patient": wrong("patient comes once at most.")
        case "user": wrong("user comes once at most.")
        case "from": wrong("from comes once at most.")
        case "to": wrong("to comes once at most.")
        case "limit": wrong("limit comes once at most.")
        case "before": wrong("before comes once at most.")
        default: wrong("whole_log comes once at most.")
        }
    }

    /// What is wrong with a question of the right form.
    private static func malformed(_ question: AuditQuestion) -> EdgeError {
        if let problem = AuditTimes.problem(of: question) { return wrong(problem) }
        return wrong("patient is named as Patient/ID.")
    }

    /// The answer: of a type that only an audit entry can make.
    private static func response(_ audited: Audited<AuditDesk.Reply>, _ question: AuditQuestion) throws -> Response {
        switch audited.value {
        case .answer(let answer):
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let bytes = Array(try encoder.encode(Page(answer: answer, link: answer.next.map { link(question, $0) })))
            return Response(
                status: .ok, headers: [.contentType: MediaTypes.json], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .refused: throw EdgeError.forbidden
        case .malformed: throw malformed(question)
        case .unknown: throw EdgeError(404, .notFound, "The log knows nobody of that name.")
        case .tampered: throw EdgeError(500, .exception, "The audit log is not what was signed; an operator must run ward audit verify.")
        }
    }

    /// An answer with the link to its next page.
    private struct Page: Encodable {
        let answer: AuditAnswer
        let link: String?

        private enum Keys: String, CodingKey { case nextLink }

        func encode(to encoder: any Encoder) throws {
            try answer.encode(to: encoder)
            var container = encoder.container(keyedBy: Keys.self)
            try container.encodeIfPresent(link, forKey: .nextLink)
        }
    }

    /// The path and query of the next page. References need no escapes: the question was refused otherwise.
    private static func link(_ question: AuditQuestion, _ before: Int64) -> String {
        var parts: [String] = []
        if let subject = question.subject {
            let name = question.kind == .whoSaw ? "patient" : "user"
            parts.append("\(name)=\(escaped(subject))")
        }
        if let from = question.from { parts.append("from=\(LogTime.text(from))") }
        if let to = question.to { parts.append("to=\(LogTime.text(to))") }
        parts.append("limit=\(question.limit)")
        if question.readsWholeLog { parts.append("whole_log=true") }
        parts.append("before=\(before)")
        return "\(path)/\(question.kind.rawValue)?" + parts.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = UnicodeScalar(byte)
            if byte < 0x80, scalar.properties.isAlphabetic || (48...57).contains(byte) || "-._~/".unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
