import Testing
import WardFHIR

@Suite struct OperationOutcomeTests {
    @Test func rendersEveryPart() {
        let outcome = OperationOutcome(issues: [
            .init(.error, .required, "the element is \"required\"", expression: ["Patient.link[0].other", "x"]),
            .init(.warning, .multipleMatches),
        ])
        #expect(String(decoding: outcome.serialized(), as: UTF8.self) == #"{"resourceType":"OperationOutcome","#
            + #""issue":[{"severity":"error","code":"required","diagnostics":"the element is \"required\"","#
            + #""expression":["Patient.link[0].other","x"]},{"severity":"warning","code":"multiple-matches"}]}"#)
    }

    @Test func isNeverWithoutAnIssue() throws {
        let root = try JSONDocument(parsing: OperationOutcome(issues: []).serialized()).root
        #expect(root["issue"]?.count == 1)
    }

    @Test func errorsHaveTheirStatus() {
        #expect(FHIRError.notFound.status == 404)
        #expect(FHIRError.gone.status == 410)
        #expect(FHIRError.forbidden.status == 403)
        #expect(FHIRError.conflict().status == 409)
        #expect(FHIRError.preconditionFailed().status == 412)
        #expect(FHIRError.payloadTooLarge.status == 413)
        #expect(FHIRError.unsupportedMediaType.status == 415)
        #expect(FHIRError.unavailable(retryAfter: 7).retryAfterSeconds == 7)
        let error = FHIRError.invalid(path: "Patient.birthDate", "not a date", code: .value)
        #expect(error.description == "400 value: not a date: Patient.birthDate")
        #expect(error.outcome.issues == [.init(.error, .value, "not a date", expression: ["Patient.birthDate"])])
    }

    @Test func jsonErrorsBecomeBadRequests() throws {
        #expect(throws: JSONError.self) { try JSONDocument(parsing: []) }
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(#"{"name":[{"family":01}]}"#.utf8))
        } catch {
            #expect(FHIRError(error).description == "400 structure: JSON: not a number, at byte 19: /name/0/family")
        }
        do throws(JSONError) {
            _ = try JSONDocument(parsing: [0x31, 0x31], limits: JSONLimits(maximumBytes: 1))
        } catch {
            #expect(FHIRError(error) == .payloadTooLarge)
        }
    }
}
