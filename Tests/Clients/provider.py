"""An organisation's OpenID Connect provider on this machine: oidc-provider-mock from PyPI, over TLS."""
import logging, os, re, tempfile, threading, time
from urllib.parse import parse_qs, urlsplit
import flask, oidc_provider_mock, requests, werkzeug.serving
from authlib.oauth2.rfc7636 import create_s256_code_challenge


logging.getLogger("werkzeug").setLevel(logging.ERROR)


class Provider:
    """Serves with the certificate of a home; what it was asked and shown is kept, and PKCE is checked."""

    def __init__(self, certificates):
        self.people, self.asked, self.shown, self.challenges = {}, [], [], {}
        self.broken = False
        app = oidc_provider_mock.app(require_nonce=True)
        app.before_request(self.before)
        app.after_request(self.after)
        self.server = werkzeug.serving.make_server(
            "127.0.0.1", 0, app, threaded=True, ssl_context=(f"{certificates}/cert.pem", f"{certificates}/key.pem"))
        self.issuer = f"https://127.0.0.1:{self.server.server_port}"
        self.authority = f"{certificates}/ca.pem"
        # The library knows no clients with keys of their own.
        descriptor, self.secret = tempfile.mkstemp(prefix="ward-secret-")
        with open(descriptor, "w") as file:
            file.write("a shared secret: ü\n")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        os.remove(self.secret)

    def before(self):
        if self.broken:
            return flask.Response(status=503)
        if flask.request.path == "/oauth2/authorize":
            self.asked.append(flask.request.args.to_dict())
        if flask.request.path == "/oauth2/token":
            form = flask.request.form.to_dict()
            self.shown.append({**form, "authorization": flask.request.headers.get("Authorization")})
            if create_s256_code_challenge(form.get("code_verifier", "")) != self.challenges.get(form.get("code")):
                return flask.Response('{"error":"invalid_grant"}', status=400)

    def after(self, answer):
        """Which challenge a code came with."""
        code = re.search(r"[?&]code=([^&]+)", answer.headers.get("Location", ""))
        if code:
            self.challenges[code.group(1)] = flask.request.args.get("code_challenge")
        return answer

    def person(self, subject, **claims):
        answer = requests.put(f"{self.issuer}/users/{subject}", json=claims, verify=self.authority, timeout=600)
        assert answer.status_code == 204, answer.text

    @property
    def environment(self):
        return {"WARD_OIDC_ISSUER": self.issuer, "WARD_OIDC_CLIENT_ID": "ward", "WARD_OIDC_CA_FILE": self.authority,
                "WARD_OIDC_CLIENT_SECRET_FILE": self.secret,
                "WARD_OIDC_LABEL": "St. Elsewhere", "WARD_OIDC_ROLES": "administrator=ward-admins,clinician=ward-clinicians",
                "WARD_OIDC_MAKE_ACCOUNTS": "true"}


class Visitor:
    """A browser without a window that signs in by the provider. On a busy machine the provider may answer too late: then it
    begins again, as the page says."""

    patience = 120

    def __init__(self, home, source=None):
        self.home = home
        self.session = requests.Session()
        self.session.verify = home.authority
        if source:
            self.session.mount("https://", source)

    def begin(self, path="/auth/external"):
        end = time.time() + self.patience
        while True:
            answer = self.session.get(self.home.url + path, allow_redirects=False, timeout=600)
            if answer.status_code != 503 or time.time() > end:
                break
            time.sleep(1)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def return_as(self, subject, address):
        """What the provider answers, not yet shown to the server."""
        answer = self.session.post(address, data={"sub": subject}, allow_redirects=False, timeout=600)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def sign_in(self, subject, path="/auth/external"):
        end = time.time() + self.patience
        while True:
            answer = self.session.get(self.return_as(subject, self.begin(path)), timeout=600)
            if answer.status_code != 503 or time.time() > end:
                return answer
            time.sleep(1)
