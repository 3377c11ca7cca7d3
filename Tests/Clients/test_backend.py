"""SMART backend services with authlib: client_credentials by private_key_jwt, RS384 and ES384."""
import base64, hashlib, json, os, ssl, subprocess, time, unittest, uuid
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from joserfc.jwk import ECKey, RSAKey
from home import WARD, Home, ward

PATIENT = {"resourceType": "Patient", "name": [{"family": "Backend"}], "gender": "female"}


class BackendServices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.home.add("ada", "clinician")
        cls.home.serve()
        cls.base = cls.home.url + "/fhir"

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def register(self, key, scope, *flags):
        path = os.path.join(self.home.folder, "keys.json")
        with open(path, "w") as file:
            json.dump({"keys": [key.as_dict(private=False)]}, file)
        _, made, _ = ward("client", "add", "loader", "--kind", "backend", "--scope", scope, "--jwks", path, *flags, home=self.home.home)
        return made[0]

    def token(self, client, key, scope, algorithm):
        configuration = requests.get(self.base + "/.well-known/smart-configuration", verify=self.home.authority).json()
        self.assertIn("client_credentials", configuration["grant_types_supported"])
        self.assertIn(algorithm, configuration["token_endpoint_auth_signing_alg_values_supported"])
        endpoint = configuration["token_endpoint"]
        session = OAuth2Session(client, key, token_endpoint_auth_method="private_key_jwt", scope=scope)
        session.verify = self.home.authority
        # SMART allows an assertion five minutes.
        session.register_client_auth_method(PrivateKeyJWT(
            endpoint, alg=algorithm, headers={"kid": key.kid}, claims={"exp": int(time.time()) + 240}))
        session.fetch_token(endpoint, grant_type="client_credentials", scope=scope)
        return session

    def test_both_algorithms(self):
        for algorithm, key in [("RS384", RSAKey.generate_key(2048, parameters={"kid": "r", "alg": "RS384", "use": "sig"})),
                               ("ES384", ECKey.generate_key("P-384", parameters={"kid": "e", "alg": "ES384", "use": "sig"}))]:
            client = self.register(key, "system/Patient.cruds system/Observation.rs", "--approve")
            self.assertEqual("approved", client["status"])
            session = self.token(client["client_id"], key, "system/Patient.crs system/Condition.rs", algorithm)
            self.assertEqual("system/Patient.crs", session.token["scope"])
            self.assertEqual(300, session.token["expires_in"])
            made = session.post(self.base + "/Patient", json=PATIENT, withhold_token=False)
            self.assertEqual(201, made.status_code, made.text)
            self.assertEqual(200, session.get(made.headers["Location"].split("/_history")[0]).status_code)
            self.assertEqual(403, session.delete(made.headers["Location"].split("/_history")[0]).status_code)
            self.assertEqual(403, session.get(self.base + "/Condition").status_code)
            self.assertEqual(403, session.get(self.base + "/Observation").status_code)
            ward("client", "disable", client["client_id"], home=self.home.home)
            self.assertEqual(401, session.get(self.base + "/Patient").status_code)

    def test_constraints_hold_everywhere(self):
        ada = self.home.session("ada")
        for gender in ("female", "male"):
            ada.post(self.base + "/Patient", json={**PATIENT, "name": [{"family": "Constraint"}], "gender": gender})
        found = ada.get(self.base + "/Patient?family=Constraint").json()
        male = next(e["resource"]["id"] for e in found["entry"] if e["resource"]["gender"] == "male")
        key = ECKey.generate_key("P-384", parameters={"kid": "e", "use": "sig"})
        client = self.register(key, "system/Patient.rs", "--approve")
        session = self.token(client["client_id"], key, "system/Patient.rs?gender=female", "ES384")
        seen = session.get(self.base + "/Patient?family=Constraint").json()
        self.assertEqual({"female"}, {e["resource"]["gender"] for e in seen["entry"]})
        self.assertEqual(1, seen["total"])
        self.assertEqual(404, session.get(f"{self.base}/Patient/{male}").status_code)
        self.assertEqual(404, session.get(f"{self.base}/Patient/{male}/_history").status_code)

    def test_a_client_waits_for_its_approval(self):
        key = ECKey.generate_key("P-384", parameters={"kid": "e", "use": "sig"})
        client = self.register(key, "system/Patient.rs")
        self.assertEqual("pending", client["status"])
        with self.assertRaises(Exception):
            self.token(client["client_id"], key, "system/Patient.rs", "ES384")
        ward("client", "approve", client["client_id"], home=self.home.home)
        self.token(client["client_id"], key, "system/Patient.rs", "ES384")
        _, listed, _ = ward("client", "list", home=self.home.home)
        self.assertIn(client["client_id"], [c["client_id"] for c in listed])

    def test_an_application_asks_by_itself_and_waits(self):
        key = ECKey.generate_key("P-384", parameters={"kid": "e", "use": "sig"})
        metadata = requests.get(self.home.url + "/.well-known/oauth-authorization-server", verify=self.home.authority).json()
        wish = {"client_name": "asks", "grant_types": ["client_credentials"], "scope": "system/Patient.rs", "jwks": {"keys": [key.as_dict(private=False)]}}
        made = requests.post(metadata["registration_endpoint"], json=wish, verify=self.home.authority)
        self.assertEqual((201, "pending"), (made.status_code, made.json()["status"]))
        client = made.json()["client_id"]
        with self.assertRaises(Exception):
            self.token(client, key, "system/Patient.rs", "ES384")
        ward("client", "approve", client, home=self.home.home)
        self.token(client, key, "system/Patient.rs", "ES384")
        for wrong, error in [({"scope": "nonsense"}, "invalid_client_metadata"), ({"redirect_uris": ["https://x.example/"]}, "invalid_redirect_uri"),
                             ({"jwks": {"keys": [key.as_dict(private=True)]}}, "invalid_client_metadata")]:
            refused = requests.post(metadata["registration_endpoint"], json={**wish, **wrong}, verify=self.home.authority)
            self.assertEqual((400, error), (refused.status_code, refused.json()["error"]))
        for _ in range(12):
            last = requests.post(metadata["registration_endpoint"], json=wish, verify=self.home.authority)
        self.assertEqual(429, last.status_code, "an address that asks often is held back")
        self.assertIn(int(last.headers["Retry-After"]), range(1, 61))

    def test_tokens_outlive_their_signing_key(self):
        key = ECKey.generate_key("P-384", parameters={"kid": "e", "use": "sig"})
        client = self.register(key, "system/Patient.rs", "--approve")
        before = self.token(client["client_id"], key, "system/Patient.rs", "ES384")

        def shown():
            found = requests.get(self.home.url + "/auth/jwks", verify=self.home.authority).json()["keys"]
            return [key["kid"] for key in found]

        def signer(session):
            head = session.token["access_token"].split(".")[0]
            return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]

        old = shown()
        self.assertEqual(old[0], signer(before))
        _, change, _ = ward("keys", "rotate", "token", home=self.home.home)
        self.assertEqual(1, len(change["made"]))
        # At once and without a new start: the new key signs, and the old one still verifies.
        self.assertEqual(old, shown()[1:])
        after = self.token(client["client_id"], key, "system/Patient.rs", "ES384")
        self.assertEqual(shown()[0], signer(after))
        self.assertNotIn(shown()[0], old)
        for session in (before, after):
            self.assertEqual(200, session.get(self.base + "/Patient").status_code)
        _, status, _ = ward("keys", "status", home=self.home.home)
        tokens = [key for key in status["keys"] if key["kind"] == "token"]
        self.assertEqual((change["made"], [False, True]), ([tokens[-1]["id"]], [key["is_current"] for key in tokens]))
        # A key-encryption key that goes takes none of them along.
        ward("keys", "rotate", "kek", home=self.home.home)
        self.assertEqual(200, before.get(self.base + "/Patient").status_code)
        self.assertEqual(signer(after), shown()[0])

    def test_tokens_bound_to_a_certificate(self):
        """RFC 8705: the token is worth nothing without the key of the certificate that it was asked for with."""
        def certificate(name):
            path = os.path.join(self.home.folder, name + ".pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                            "-subj", "/CN=" + name, "-keyout", path, "-out", path + ".crt"], check=True, capture_output=True)
            return path + ".crt", path
        own, other = certificate("own"), certificate("other")
        with open(own[0]) as file:
            der = ssl.PEM_cert_to_DER_cert(file.read())
        with Home() as home:
            monitors = {"WARD_METRICS_CERTIFICATES": hashlib.sha256(der).hexdigest()}
            for wrong in ({**monitors}, {"WARD_METRICS_CERTIFICATES": "ab:cd", "WARD_TLS_CLIENT_CERTIFICATES": "true"}):
                done = subprocess.run([WARD, "serve", "--home", home.home, "--port", "0"], capture_output=True, text=True, timeout=600,
                                      env={**os.environ, **wrong})
                self.assertEqual(2, done.returncode, done.stderr)
                self.assertIn("metrics.certificates", done.stderr)
            home.serve(env={"WARD_TLS_CLIENT_CERTIFICATES": "true", **monitors})
            # A monitoring system whose certificate the configuration names reads the metrics, and nothing else.
            self.assertEqual([200, 401, 401], [requests.get(home.url + "/metrics", verify=home.authority, timeout=600, cert=pair).status_code
                                               for pair in (own, other, None)])
            self.assertIn("ward_", requests.get(home.url + "/metrics", verify=home.authority, timeout=600, cert=own).text)
            for path in ("/fhir/Patient", "/auth/sessions", "/api/audit/who-saw"):
                self.assertEqual(401, requests.get(home.url + path, verify=home.authority, timeout=600, cert=own).status_code, path)
            shown = requests.get(home.url + "/metrics", verify=home.authority, timeout=600, cert=own, headers={"Authorization": "Bearer x"})
            self.assertEqual(401, shown.status_code, "a token that is shown is judged")
            metadata = requests.get(home.url + "/.well-known/oauth-authorization-server", verify=home.authority).json()
            self.assertTrue(metadata["tls_client_certificate_bound_access_tokens"])
            key = ECKey.generate_key("P-384", parameters={"kid": "e", "use": "sig"})
            path = os.path.join(home.folder, "keys.json")
            with open(path, "w") as file:
                json.dump({"keys": [key.as_dict(private=False)]}, file)
            _, made, _ = ward("client", "add", "bound", "--kind", "backend", "--scope", "system/Patient.rs", "--jwks", path,
                              "--certificate-bound", "--approve", home=home.home)
            client = made[0]["client_id"]
            self.assertTrue(made[0]["is_certificate_bound"])

            def ask(**fields):
                return requests.post(metadata["token_endpoint"], verify=home.authority, timeout=600, **fields, data={
                    "grant_type": "client_credentials", "scope": "system/Patient.rs",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": private_key_jwt_sign(key, client, metadata["token_endpoint"], alg="ES384", header={"kid": "e"}, claims={
                        "jti": str(uuid.uuid4()), "exp": int(time.time()) + 240})})
            self.assertEqual((400, "invalid_request"), (ask().status_code, ask().json()["error"]))
            token = ask(cert=own).json()["access_token"]
            payload = token.split(".")[1]
            bound = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["cnf"]["x5t#S256"]
            self.assertEqual(base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode(), bound)

            def read(token, **fields):
                return requests.get(home.url + "/fhir/Patient", verify=home.authority, timeout=600,
                                    headers={"Authorization": "Bearer " + token}, **fields).status_code
            self.assertEqual([200, 401, 401, 200], [read(token, cert=own), read(token, cert=other), read(token), read(token, cert=own)])
            # Over HTTP/2, where a request is a stream of the connection.
            for pair, status in [(own, "200"), (other, "401")]:
                done = subprocess.run(["curl", "-sS", "--http2", "--cacert", home.authority, "--cert", pair[0], "--key", pair[1], "-o", "/dev/null",
                                       "-w", "%{http_version} %{http_code}", "-H", "Authorization: Bearer " + token, home.url + "/fhir/Patient"],
                                      capture_output=True, text=True, timeout=600)
                self.assertEqual("2 " + status, done.stdout, done.stderr)
        # Where the listener asks for none, such a client gets nothing: it is never served unbound.
        _, made, _ = ward("client", "add", "bound", "--kind", "app", "--redirect-uri", "https://a.example/cb", "--scope", "user/Patient.rs",
                          "--certificate-bound", "--approve", home=self.home.home)
        refused = requests.post(self.home.url + "/auth/token", verify=self.home.authority, timeout=600, cert=own, data={
            "grant_type": "authorization_code", "client_id": made[0]["client_id"], "code": "x"})
        self.assertEqual((400, "invalid_request"), (refused.status_code, refused.json()["error"]))

    def test_metadata_names_what_there_is(self):
        metadata = requests.get(self.home.url + "/.well-known/oauth-authorization-server", verify=self.home.authority).json()
        self.assertEqual(self.home.url, metadata["issuer"])
        keys = requests.get(metadata["jwks_uri"], verify=self.home.authority).json()["keys"]
        self.assertEqual({("EC", "ES256")}, {(k["kty"], k["alg"]) for k in keys})
        self.assertFalse(any("d" in key for key in keys))
        refused = requests.post(metadata["token_endpoint"], verify=self.home.authority, data={"grant_type": "client_credentials"})
        self.assertEqual((401, "invalid_client"), (refused.status_code, refused.json()["error"]))


if __name__ == "__main__":
    unittest.main()
