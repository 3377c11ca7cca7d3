internal import WardIdentity

/// The parts of a form that asks for a passkey: what the script reads, what it fills.
enum PasskeyFields {
    /// Attributes of a form whose passkey is to be shown; none where there is no question.
    static func attributes(_ question: PasskeyQuestion?) -> HTML {
        guard let question else { return "" }
        return " data-ceremony=\"get\" data-site=\"\(question.site)\" data-challenge=\"\(question.challenge)\""
    }

    /// Attributes of a form whose passkey is to be made.
    static func attributes(_ offer: PasskeyOffer) -> HTML {
        let algorithms = offer.algorithms.map(String.init).joined(separator: " ")
        let attestation = offer.asksForAttestation ? "direct" : "none"
        return """
             data-ceremony="create" data-site="\(offer.question.site)" data-challenge="\(offer.question.challenge)" \
            data-handle="\(offer.handle)" data-name="\(offer.name)" data-algorithms="\(algorithms)" \
            data-attestation="\(attestation)" data-registered="\(offer.registered.joined(separator: " "))"
            """
    }

    /// The fields and the button by which a passkey is shown. The script uncovers the button.
    static func shown(_ words: String) -> HTML {
        """
        <input type="hidden" name="credential"><input type="hidden" name="client_data">
        <input type="hidden" name="authenticator_data"><input type="hidden" name="signature">
        <input type="hidden" name="user_handle">
        <button type="button" data-passkey hidden>\(words)</button>
        <p role="status"></p>
        """
    }

    /// The fields and the button by which a passkey is made.
    static func made(_ words: String) -> HTML {
        """
        <input type="hidden" name="client_data"><input type="hidden" name="attestation">
        <button type="button" data-passkey hidden>\(words)</button>
        <p role="status"></p>
        """
    }
}

extension PasskeyProof {
    /// The passkey that was shown by a form; nil where none was, or what came is none.
    init?(_ form: FormBody) {
        self.init(
            credential: form["credential"], clientData: form["client_data"],
            authenticatorData: form["authenticator_data"], signature: form["signature"], userHandle: form["user_handle"])
    }
}
