/// What went wrong, for people at a browser.
enum ErrorPages {
    static func page(_ error: EdgeError, requestID: String) -> Page {
        let title =
            switch error.status {
            case 401: "You are not signed in"
            case 403: "This is not permitted"
            case 404: "There is nothing here"
            case 429, 503: "Try again in a moment"
            default: "This did not work"
            }
        return Page(
            title: title,
            content: """
                \(Page.fault("\(error.message)"))
                <p class="hint">If you ask for help, tell them the number of this request: \(requestID)</p>
                <p><a href="/auth/account">Your account</a></p>
                """,
            status: error.status)
    }
}
