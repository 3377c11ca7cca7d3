internal import WardDatabase

/// Judges what somebody types as their second factor: a one-time code, or a recovery code in its place.
struct SecondFactor: Sendable {
    let recoveryCodes: RecoveryCodes

    /// What was typed, judged.
    enum Proof: Sendable {
        /// A one-time code; its step is used up with it.
        case oneTimeCode(step: Int64)
        /// A recovery code; what is kept of it.
        case recoveryCode(hash: [UInt8])
        /// A passkey, whose challenge is used up already.
        case passkey(ProvedPasskey)

        var factors: [Factor] {
            switch self {
            case .oneTimeCode: [.oneTimeCode]
            case .recoveryCode: [.recoveryCode]
            case .passkey(let proved): proved.key.isUserVerified ? [.passkey, .userVerification] : [.passkey]
            }
        }
    }

    /// The proof, or what is wrong. The work is the same whatever is typed.
    /// - Parameter time: when it was typed, in microseconds since 1970.
    func judge(_ text: String, _ user: User, _ id: LogicalID, at time: Int64) -> Result<Proof, FactorFault> {
        let step = Base32.decode(user.totpSecret).flatMap { TOTP(secret: $0).acceptedStep(for: text, at: time) }
        let recovery = recoveryCodes.match(text, of: id, in: user.recoveryCodes)
        if let recovery { return .success(.recoveryCode(hash: recovery)) }
        guard let step else { return .failure(FactorFault(.wrongCode)) }
        guard step > user.lastAcceptedStep else { return .failure(FactorFault(.usedCode)) }
        return .success(.oneTimeCode(step: step))
    }

    /// What is wrong with a second factor.
    struct FactorFault: Error, Sendable, Hashable {
        let fault: SignInFault
        init(_ fault: SignInFault) { self.fault = fault }
    }
}

extension User {
    /// Uses a proof up: it works this once.
    mutating func use(_ proof: SecondFactor.Proof) {
        switch proof {
        case .oneTimeCode(let step): lastAcceptedStep = step
        case .recoveryCode(let hash): recoveryCodes.removeAll { $0 == hash }
        case .passkey: break
        }
    }
}
