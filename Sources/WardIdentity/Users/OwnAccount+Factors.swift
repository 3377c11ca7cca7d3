internal import WardDatabase
internal import WardVault

/// The person's own second factors, apart from passkeys. Changes ask for a factor that was shown within the last minutes.
extension OwnAccount {
    /// What a page needs to have another authenticator app set up: a secret of this view of it alone.
    /// - Parameter view: the view whose form came back with a fault; nil: a new one.
    /// - Throws: ``OwnAccountError`` with `.proofRefused` where no factor was shown lately.
    public func offerApp(_ caller: Caller, view: String? = nil) async throws(OwnAccountError) -> AppOffer {
        try await OwnAccountError.wrapping {
            let item = try await self.changing(caller)
            let view = view ?? PageSecrets.makeView()
            guard let name = UserName(item.value.name), let secret = self.secret(of: view, caller) else {
                throw OwnAccountError(.proofRefused)
            }
            return AppOffer(view: view, totpURI: OTPAuthURI.make(name: name, secret: secret))
        }
    }

    /// Sets the authenticator app up whose secret a view showed, in place of the one before, for who types its code.
    public func setApp(_ caller: Caller, view: String, code: String) async throws(OwnAccountError) {
        try await OwnAccountError.wrapping {
            try await self.retrying(caller) { _ in
                let item = try await self.changing(caller)
                guard let secret = self.secret(of: view, caller),
                    let step = TOTP(secret: secret).acceptedStep(for: code, at: self.clock.now())
                else { throw OwnAccountError(.proofRefused) }
                var user = item.value
                user.setApp(secret, step: step)
                user.credentialsChangedAt = self.clock.now()
                user.note(.appReplaced, now: self.clock.now(), source: caller.source)
                let event = try self.trail.outbox(.appReplaced(user: item.id), TrailActor(caller))
                try await self.users.put(item.id, user, expecting: item.version, events: [event])
            }
        }
    }

    /// Makes new recovery codes for who has shown a factor within the last minutes; the old ones work no more. The codes are
    /// told once.
    public func makeRecoveryCodes(_ caller: Caller) async throws(OwnAccountError) -> [String] {
        try await OwnAccountError.wrapping {
            try await self.retrying(caller) { _ in
                let item = try await self.changing(caller)
                return try await self.writeRecoveryCodes(item, item.value, caller)
            }
        }
    }

    private func secret(of view: String, _ caller: Caller) -> [UInt8]? {
        caller.session.flatMap { secrets.secret(of: view, boundTo: Array($0.text.utf8)) }
    }

    /// The account of a caller who may change its factors now.
    private func changing(_ caller: Caller) async throws -> CollectionItem<User> {
        try requireFactors(caller)
        guard caller.isFresh else { throw OwnAccountError(.proofRefused) }
        return try await account(caller)
    }
}

/// What a page shows of another authenticator app.
public struct AppOffer: Sendable, CustomStringConvertible, CustomReflectable {
    /// What the page's form brings back.
    public let view: String
    /// `otpauth://totp/…`. It holds the secret.
    public let totpURI: String

    /// Without the secret.
    public var description: String { "AppOffer" }
    /// Empty: a dump must not show the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
