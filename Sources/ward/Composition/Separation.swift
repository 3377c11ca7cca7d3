internal import Foundation
internal import WardKeys

/// Holds a production home to keys that lie apart from what they seal: who takes the volume of the records, or a backup of it, has no wrapped
/// key to try a passphrase on. Source: 45 CFR 164.402 and its guidance (74 FR 42740): keys kept on another device than the data.
enum Separation {
    /// - Throws: ``Failure`` that names what is wrong and what would be right.
    static func check(_ home: Home, passphraseFile: String?) throws(Failure) {
        let data = try status(home.data)
        let keys = try status(home.keys)
        guard keys.st_dev != data.st_dev else {
            throw Failure("""
                \(home.keys): the wrapped keys are on the same volume as the records (\(home.data)); a production home keeps them on another: \
                set keys.folder in ward.yaml (ward init: --keys-folder) to a folder on a volume of its own
                """)
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.keys)) ?? []
        for path in [home.keys] + names.sorted().map({ "\(home.keys)/\($0)" }) {
            let found = try status(path)
            guard found.st_uid == geteuid() || found.st_uid == 0 else {
                throw Failure("\(path): belongs to another account; it must belong to the one that serves the home")
            }
            guard found.st_mode & 0o077 == 0 else {
                throw Failure("\(path): others than its owner have rights on it; chmod \(path == home.keys ? "700" : "600") it")
            }
        }
        guard let passphraseFile, let file = try? status(passphraseFile) else { return }
        guard file.st_dev != data.st_dev else {
            throw Failure("\(passphraseFile): the passphrase is on the same volume as the records; a production home keeps it on another")
        }
    }

    private static func status(_ path: String) throws(Failure) -> stat {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure("\(path): cannot be looked at; check that it is there") }
        return status
    }
}
