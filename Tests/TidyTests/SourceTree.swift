import Foundation

/// The project's own files, read once.
struct SourceTree {
    /// One file and its lines.
    struct File {
        /// Relative to the package root, such as `Sources/WardFHIR/JSON/JSONNode.swift`.
        let path: String
        let lines: [String]
    }

    let files: [File]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every text file of the project that ends with one of `extensions` or stands in `script`; build products left out.
    static let project = SourceTree(extensions: ["swift", "h", "md", "py", "yaml", "yml"])

    init(extensions: Set<String>) {
        var files: [File] = []
        let keys: [URLResourceKey] = [.isRegularFileKey]
        let enumerator = FileManager.default.enumerator(at: Self.root, includingPropertiesForKeys: keys)
        while let url = enumerator?.nextObject() as? URL {
            let path = String(url.path.dropFirst(Self.root.path.count + 1))
            if path.hasPrefix(".build") || path.hasPrefix(".git/") || path == ".git" {
                enumerator?.skipDescendants()
                continue
            }
            guard extensions.contains(url.pathExtension) || path.hasPrefix("script/") || path.hasPrefix(".ci/"),
                let text = try? String(contentsOf: url, encoding: .utf8)
            else { continue }
            files.append(File(path: path, lines: text.components(separatedBy: "\n")))
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    /// The Swift files below a folder.
    func swift(in folder: String) -> [File] {
        files.filter { $0.path.hasPrefix(folder + "/") && $0.path.hasSuffix(".swift") }
    }
}

/// A place that is not tidy, as a test reports it.
func untidy(_ file: SourceTree.File, _ index: Int, _ why: String) -> String {
    "\(file.path):\(index + 1): \(why)"
}
