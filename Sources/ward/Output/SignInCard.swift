/// How somebody signs in, for the terminal: name, password, and the second factor as URI and QR code. Shown once.
struct SignInCard: Sendable {
    let credentials: HomeAnswer.Credentials

    init(_ credentials: HomeAnswer.Credentials) {
        self.credentials = credentials
    }

    var text: String {
        var lines = ["", "  name      \(credentials.name)   (\(credentials.role))"]
        if let password = credentials.password { lines.append("  password  \(password)") }
        guard let uri = credentials.totpUri else {
            lines.append("  second factor: as before")
            return lines.joined(separator: "\n")
        }
        lines.append("  second factor: scan this with an authenticator app, or give it the URI below")
        lines.append("")
        if let code = QRCode(uri) { lines += code.terminalLines.map { "  " + $0 } }
        lines.append("")
        lines.append("  \(uri)")
        return lines.joined(separator: "\n")
    }
}
