/// Where a hardware module is and which of its keys is the root.
public struct PKCS11Settings: Sendable, Equatable {
    /// Path of the module's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    public var module: String
    /// The label of the token, as it was initialised.
    public var token: String
    /// The label of the root key; each version is a key object of its own, told apart by `CKA_ID`.
    public var key: String
    /// A file that only its owner can read, with the user PIN.
    public var pinFile: String

    /// Settings; see the properties.
    public init(module: String, token: String, key: String = "ward-root", pinFile: String) {
        self.module = module
        self.token = token
        self.key = key
        self.pinFile = pinFile
    }
}
