internal import ArgumentParser
internal import Foundation

/// `--home DIR`, which commands on a home have.
struct HomeOptions: ParsableArguments {
    @Option(help: "The home's folder; WARD_HOME, or .ward where neither is given.")
    var home: String?

    @Option(help: "File that holds the passphrase of the keyring (mode 0600).")
    var passphraseFile: String?

    /// The home that is meant.
    var chosen: Home { Home(home ?? ProcessInfo.processInfo.environment["WARD_HOME"] ?? ".ward") }

    /// The home that is meant, which must have been made, and be there for this account to read.
    func existing() throws(Failure) -> Home {
        let home = chosen
        try HomeRights.require(home)
        guard home.exists else { throw Failure("\(home.root): is no home; `ward init --home \(home.root)` makes one") }
        return home
    }
}
