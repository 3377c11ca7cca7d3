internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// The one script of the pages: it hands a question to the browser and the passkey's answer back to the form it belongs
/// to. Without it everything works but passkeys.
///
/// It reads the form's `data-` attributes and fills its hidden fields, nothing else; it writes text, never markup.
/// Source: Web Authentication level 2, §5.1.
enum PasskeyScript {
    static let path = "/auth/passkeys.js"

    static func response() -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/javascript; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let text = #"""
        "use strict";
        const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), sign => sign.charCodeAt(0));
        const text = buffer => buffer
          ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") : "";
        const key = id => ({ type: "public-key", id: bytes(id) });
        const words = list => list.split(" ").filter(word => word);

        async function make(data) {
          const credential = await navigator.credentials.create({ publicKey: {
            rp: { id: data.site, name: data.site }, challenge: bytes(data.challenge),
            user: { id: bytes(data.handle), name: data.name, displayName: data.name },
            pubKeyCredParams: words(data.algorithms).map(alg => ({ type: "public-key", alg: Number(alg) })),
            excludeCredentials: words(data.registered).map(key), attestation: data.attestation,
            authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "preferred" } } });
          return { client_data: text(credential.response.clientDataJSON), attestation: text(credential.response.attestationObject) };
        }

        async function show(data, isAlone) {
          const credential = await navigator.credentials.get({ publicKey: {
            rpId: data.site, challenge: bytes(data.challenge), userVerification: isAlone ? "required" : "preferred" } });
          const answer = credential.response;
          return { credential: text(credential.rawId), client_data: text(answer.clientDataJSON),
            authenticator_data: text(answer.authenticatorData), signature: text(answer.signature), user_handle: text(answer.userHandle) };
        }

        for (const form of document.querySelectorAll("form[data-ceremony]")) {
          const button = form.querySelector("button[data-passkey]"), status = form.querySelector("[role=status]");
          if (!window.PublicKeyCredential) { status.textContent = "This browser knows no passkeys."; continue; }
          button.hidden = false;
          button.addEventListener("click", async () => {
            status.textContent = "Your passkey is asked for.";
            try {
              const password = form.elements.password;
              const fields = form.dataset.ceremony === "create"
                ? await make(form.dataset) : await show(form.dataset, password !== undefined && password.value === "");
              for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
              form.submit();
            } catch { status.textContent = "No passkey was shown. Try again."; }
          });
        }

        """#
}
