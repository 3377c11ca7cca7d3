extension ConfigurationKey {
    /// Where the program keeps how the key service before is reached, as long as a key may lie under it (decision 25).
    static let previousKeyService = "keys.previous."

    /// Whether the key says how a key service is reached.
    private var isOfKeyService: Bool {
        let names = ["keys.provider", "keys.root_file", "keys.passphrase_file"]
        return names.contains(name) || KeyServiceKind.allCases.contains { name.hasPrefix("keys.\($0.rawValue).") }
    }

    /// What the program writes while keys move from one service to another, or from one passphrase to another.
    static let keptForKeyServices = written.filter(\.isOfKeyService).map { key in
        ConfigurationKey(
            previousKeyService + key.name.dropFirst("keys.".count), key.form, nil,
            "\(key.name) of the key service before, while keys move from it; the program keeps it")
    } + [
        ConfigurationKey(
            previousKeyService + "passphrase_asked", .flag, nil,
            "whether the passphrase before is in no file, while it is changed; the program keeps it"),
    ]
}
