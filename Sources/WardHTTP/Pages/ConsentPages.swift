internal import WardIdentity

/// The page on which a person allows an app what it asks for.
enum ConsentPages {
    /// What is asked, of whom.
    struct Question: Sendable {
        var asked: AuthorizationRequest
        /// The app's request as it came.
        var query: String
        var formToken: String
        var person: String
        /// Whether the person is a patient, whose own record alone there is to open.
        var isOwn: Bool
        /// Patients to choose among; nil before a search.
        var found: [PatientChoice.Found]?
        var sought: String
        var fault: String?
    }

    static func page(_ question: Question) -> Page {
        let asked = question.asked
        let warning: HTML = question.fault.map(Page.fault) ?? ""
        let wishes = ScopeWords.lines(asked.scopes).map { "<li>\($0)</li>" as HTML }
        return Page(
            title: "Allow \(asked.client.name)?",
            content: """
                \(warning)
                <p>You are signed in as <strong>\(question.person)</strong>. The application
                <strong>\(asked.client.name)</strong> asks to act for you. It can do no more than you can:</p>
                <ul>\(wishes)</ul>
                <form method="post" action="/auth/authorize">
                <input type="hidden" name="request" value="\(question.query)">
                <input type="hidden" name="form_token" value="\(question.formToken)">
                \(patients(question))
                <button type="submit" name="decision" value="allow">Allow</button>
                <button type="submit" name="decision" value="deny">Do not allow</button>
                </form>
                <form method="post" action="/auth/leave">
                <input type="hidden" name="form_token" value="\(question.formToken)">
                <button type="submit">Sign out</button>
                </form>
                """,
            status: question.fault == nil ? 200 : 422,
            formTargets: asked.redirectOrigin.map { [$0] } ?? [])
    }

    /// The app's request cannot be trusted: nobody is sent anywhere.
    static func refused(_ error: OAuthError) -> Page {
        Page(
            title: "This application cannot be opened",
            content: "<p>\(error.description).</p><p>Tell whoever runs the application.</p>", status: error.status)
    }

    private static func patients(_ question: Question) -> HTML {
        guard question.asked.needsPatient else { return "" }
        if question.isOwn { return "<p>It will see your own record, and no other.</p>" }
        let choices = (question.found ?? []).enumerated().map { index, patient in
            """
            <div class="choice"><input type="radio" name="patient" id="patient-\(index)" value="\(patient.id)">\
            <label for="patient-\(index)">\(patient.name), born \(patient.birthDate)</label></div>
            """ as HTML
        }
        let none: HTML = question.found?.isEmpty == true ? "<p role=\"status\">Nobody of that name.</p>" : ""
        return """
            <fieldset><legend>Which patient?</legend>
            <label for="find">Name</label>
            <input id="find" name="find" type="text" value="\(question.sought)" autocomplete="off" maxlength="200">
            <button type="submit" name="decision" value="find">Find</button>
            \(none)\(choices)
            </fieldset>
            """
    }
}
