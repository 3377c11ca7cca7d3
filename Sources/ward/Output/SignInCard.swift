/// How somebody signs in, for the terminal: name, password, and the second factor as URI and QR code. Shown once.
struct SignInCard: Sendable {
    let credentials: HomeAnswer.Credentials

    init(_ credentials: HomeAnswer.Credentials) {
        self.credentials = credentials
    }

    var text: String {
        var lines = ["", "  name      \(credentials.name)   (\(credentials.role))"]
        if let password = credentials.password { lines.append("  password  \(password)") }
        lines.append("  second factor: scan this with an authenticator app, or give it the URI below")
        lines.append("")
        if let code = QRCode(credentials.totpUri) { lines += code.terminalLines.map { "  " + $0 } }
        lines.append("")
        lines.append("  \(credentials.totpUri)")
        return lines.joined(separator: "\n")
    }
}
