/// A QR code as an image in the page itself.
enum QRCodeImage {
    private static let margin = 4

    /// `modules`: rows, true where dark, without the quiet zone.
    static func svg(_ modules: [[Bool]], label: String) -> HTML {
        let size = modules.count + 2 * margin
        var path = ""
        for (row, line) in modules.enumerated() {
            for (column, isDark) in line.enumerated() where isDark {
                path += "M\(column + margin) \(row + margin)h1v1h-1z"
            }
        }
        return """
            <svg role="img" aria-label="\(label)" width="240" height="240" viewBox="0 0 \(size) \(size)">\
            <path fill="#000" d="\(path)"/></svg>
            """
    }
}
