public import WardIdentity

/// What the pages and routes of people's own accounts ask of the house.
public struct AccountServices: Sendable {
    /// Opens accounts for people who were invited.
    public var activation: Activation
    /// What people change of their own account.
    public var own: OwnAccount
    /// Their passkeys.
    public var passkeys: Passkeys
    /// Signs people in who show a passkey.
    public var signIn: SignIn
    /// Signs people in by the provider of their organisation.
    public var external: ExternalSignIn
    /// The modules of a QR code, rows of true where dark; nil where the text is too long for one.
    public var qrCode: @Sendable (String) -> [[Bool]]?

    /// The services.
    public init(
        activation: Activation, own: OwnAccount, passkeys: Passkeys, signIn: SignIn, external: ExternalSignIn,
        qrCode: @escaping @Sendable (String) -> [[Bool]]?
    ) {
        self.activation = activation
        self.own = own
        self.passkeys = passkeys
        self.signIn = signIn
        self.external = external
        self.qrCode = qrCode
    }
}
