public import WardAudit

extension Interaction {
    /// What each interaction writes to the audit log. Refusals are written for whoever has a session; the endpoint
    /// writes those of all others.
    public static let places: [AuditedPlace] = [
        AuditedPlace(
            "GET /fhir/{type}/{id}", [EventPromise(.read, "the record was opened, or is not there"), mayNot]),
        AuditedPlace(
            "GET /fhir/{type}/{id}/_history/{version}",
            [EventPromise(.vread, "the version was opened, or is not there"), mayNot]),
        AuditedPlace(
            "GET /fhir/{type}/{id}/_history",
            [EventPromise(.history, "the versions were listed, once for each patient of the answer"), mayNot]),
        AuditedPlace("GET /fhir/{type}", [searched, mayNot]),
        AuditedPlace("POST /fhir/{type}/_search", [searched, mayNot]),
        AuditedPlace(
            "POST /fhir/{type}",
            [
                EventPromise(.create, "the record was made, or was refused"),
                EventPromise(.search, "the criteria of `If-None-Exist` were searched for, whatever came of it"),
                EventPromise(.read, "what `If-None-Exist` looks for was there already, and nothing was made"), mayNot,
            ]),
        AuditedPlace(
            "PUT /fhir/{type}/{id}",
            [
                EventPromise(.update, "the record got a new version, or that was refused"),
                EventPromise(.create, "there was no such record, and it was made"), mayNot,
            ]),
        AuditedPlace("DELETE /fhir/{type}/{id}", [EventPromise(.delete, "the record was deleted, or was not there"), mayNot]),
        AuditedPlace(
            "POST /fhir",
            [
                EventPromise(.batch, "a batch was answered, or a Bundle was refused"),
                EventPromise(.transaction, "a transaction was committed"),
                EventPromise(.read, "as an entry"), EventPromise(.vread, "as an entry"),
                EventPromise(.history, "as an entry"),
                EventPromise(.search, "as an entry, or for what an entry refers to or makes by criteria, whatever came of the whole"),
                EventPromise(.create, "as an entry"), EventPromise(.update, "as an entry"),
                EventPromise(.delete, "as an entry"),
                EventPromise(.refusal, "the role or the scopes do not allow it, or an entry of it, or it is none"),
            ]),
        AuditedPlace("GET /fhir/AuditEvent", [EventPromise(.logRead, "the log was searched"), mayNot]),
        AuditedPlace("GET /fhir/AuditEvent/{id}", [EventPromise(.logRead, "the entry was read, or is not there"), mayNot]),
        AuditedPlace("POST /fhir/AuditEvent/_search", [EventPromise(.logRead, "the log was searched"), mayNot]),
        AuditedPlace(
            "GET /fhir/AuditEvent/{id}/_history/{version}",
            [EventPromise(.logRead, "the entry was read, or is not there; each has one version"), mayNot]),
        AuditedPlace(
            "any other interaction with /fhir/AuditEvent",
            [EventPromise(.history, "it was refused: an entry has one version"), EventPromise(.refusal, "nobody writes an entry")]),
        AuditedPlace("any other path below /fhir", [EventPromise(.refusal, "no interaction has such a method and path")]),
    ]

    private static let searched = EventPromise(
        .search, "records were searched for, once for each patient of the answer or the question, or the search was refused")
    private static let mayNot = EventPromise(.refusal, "the role or the scopes do not allow it")
}
