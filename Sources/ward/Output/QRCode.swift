internal import CQREncode

/// A QR code for a terminal: two modules a character, by half blocks.
struct QRCode: Sendable {
    private let width: Int
    private let dark: [Bool]

    /// Encodes text; nil where it is too long for a QR code.
    init?(_ text: String) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard width > 0, let data = code.pointee.data else { return nil }
        self.width = width
        self.dark = (0..<width * width).map { data[$0] & 1 == 1 }
    }

    /// Rows of modules, true where dark, without the quiet zone.
    var modules: [[Bool]] {
        (0..<width).map { row in (0..<width).map { isDark(row, $0) } }
    }

    /// Lines of text, black on white by ANSI colours, with the quiet zone that readers need.
    var terminalLines: [String] {
        let margin = 2
        return stride(from: -margin, to: width + margin, by: 2).map { row in
            var line = "\u{1B}[40;97m"
            for column in -margin..<(width + margin) {
                switch (isDark(row, column), isDark(row + 1, column)) {
                case (false, false): line += "█"
                case (false, true): line += "▀"
                case (true, false): line += "▄"
                case (true, true): line += " "
                }
            }
            return line + "\u{1B}[0m"
        }
    }

    private func isDark(_ row: Int, _ column: Int) -> Bool {
        guard (0..<width).contains(row), (0..<width).contains(column) else { return false }
        return dark[row * width + column]
    }
}
