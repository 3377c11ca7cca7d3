"""SMART App Launch with fhirclient: standalone and from this house, by the pages that a person sees."""
import base64, html, json, re, time, unittest
from urllib.parse import parse_qs, urlsplit
import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fhirclient import client as smart
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from joserfc import jwt
from joserfc.jwk import KeySet
from home import Home, one_time_code, ward

REDIRECT = "https://app.example/callback"
SCOPE = "openid fhirUser launch/patient patient/*.rs offline_access"


class Browser:
    """What a person does with the pages: follows redirects, fills forms in."""

    def __init__(self, home, name):
        self.home, self.name = home, name
        self.session = requests.Session()
        self.session.verify = home.authority
        self.session.headers["Sec-Fetch-Site"] = "same-origin"

    def fields(self, page):
        return {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)}

    def open(self, url):
        """Opens the address; signs in where the page asks for it."""
        page = self.session.get(url, timeout=600)
        if "/auth/sign-in" not in page.url:
            return page
        user = self.home.users[self.name]
        # A code works once; the next one is taken early.
        for wait, early in [(0, 0), (0, 30), (30, 0)]:
            time.sleep(wait)
            answer = self.session.post(self.home.url + "/auth/sign-in", timeout=600, data={
                **self.fields(page), "name": self.name, "password": user["password"],
                "code": one_time_code(user["totp_uri"], time.time() + early)})
            if answer.status_code == 200:
                return answer
        raise AssertionError(answer.status_code)

    def answer(self, page, **fields):
        return self.session.post(self.home.url + "/auth/authorize", data={**self.fields(page), **fields}, allow_redirects=False, timeout=600)


class SmartLaunch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        for name in ("ada", "bob", "cyd", "eve", "loader"):
            cls.home.add(name, "clinician")
        ward("user", "link", "eve", "Practitioner/p-eve", home=cls.home.home)
        cls.home.serve()
        cls.base = cls.home.url + "/fhir"
        cls.loader = cls.home.session("loader")
        cls.patients = {}
        for family in ("Launch", "Other"):
            made = cls.loader.post(cls.base + "/Patient", json={"resourceType": "Patient", "name": [{"family": family, "given": ["Pat"]}]})
            cls.patients[family] = made.json()["id"]
            for code in ("a", "b"):
                cls.loader.post(cls.base + "/Observation", json={
                    "resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "urn:c", "code": code}]},
                    "subject": {"reference": "Patient/" + made.json()["id"]}})
        _, made, _ = ward("client", "add", "growth", "--kind", "app", "--scope", SCOPE + " launch user/Patient.rs", "--redirect-uri", REDIRECT,
                          "--launch-url", "https://app.example/launch", "--approve", home=cls.home.home)
        cls.client = made[0]["client_id"]

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def app(self, scope=SCOPE, launch=None):
        app = smart.FHIRClient(settings={
            "app_id": self.client, "api_base": self.base, "redirect_uri": REDIRECT, "scope": scope, "launch_token": launch})
        app.server.session.verify = self.home.authority
        return app

    def test_standalone_launch(self):
        app = self.app()
        browser = Browser(self.home, "ada")
        page = browser.open(app.authorize_url)
        self.assertIn("growth", page.text)
        self.assertIn("form-action 'self' https://app.example", page.headers["Content-Security-Policy"])
        cookie = next(c for c in browser.session.cookies if c.name == "__Host-ward")
        self.assertTrue(cookie.secure and cookie.has_nonstandard_attr("HttpOnly"))
        self.assertEqual(422, browser.answer(page, decision="allow").status_code, "a patient must be chosen")
        found = browser.answer(page, decision="find", find="Launch")
        self.assertIn(self.patients["Launch"], found.text)
        self.assertNotIn(self.patients["Other"], found.text)
        done = browser.answer(found, decision="allow", patient=self.patients["Launch"])
        self.assertEqual(303, done.status_code, done.text)
        self.assertTrue(done.headers["Location"].startswith(REDIRECT + "?code="))
        app.handle_callback(done.headers["Location"])
        self.assertTrue(app.ready)
        self.assertEqual("Launch", app.patient.name[0].family)
        seen = Observation.where({}).perform_resources(app.server)
        self.assertEqual({"Patient/" + self.patients["Launch"]}, {o.subject.reference for o in seen})
        self.assertEqual(2, len(seen))
        for path in ("Patient/" + self.patients["Other"], "Practitioner/none"):
            with self.assertRaises(Exception) as refused:
                app.server.request_json(path)
            self.assertEqual(404, refused.exception.args[0].status_code)
        with self.assertRaises(Exception) as refused:
            Patient({"name": [{"family": "New"}]}).create(app.server)
        self.assertEqual(403, refused.exception.args[0].status_code)
        self.assertTrue(app.reauthorize())
        self.assertEqual(self.patients["Launch"], Patient.read(self.patients["Launch"], app.server).id)
        # The app is out at once when the person is.
        ward("user", "sessions", "ada", "--end-all", home=self.home.home)
        ward("client", "disable", self.client, home=self.home.home)
        with self.assertRaises(Exception):
            app.server.request_json("Patient/" + self.patients["Launch"])
        ward("client", "approve", self.client, home=self.home.home)

    def launched(self, browser, scope, patient=None, **fields):
        """One authorization without a library; returns the token answer and the verifier's request."""
        verifier = "v" * 64
        query = {"response_type": "code", "client_id": self.client, "redirect_uri": REDIRECT, "scope": scope, "state": "s-1", "aud": self.base,
                 "code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256", "nonce": "n-1", **fields}
        client = query["client_id"]
        page = browser.open(requests.Request("GET", self.home.url + "/auth/authorize", params=query).prepare().url)
        if "form_token" not in page.text:
            return page, None
        done = browser.answer(page, decision="allow", **({"patient": patient} if patient else {}))
        back = parse_qs(urlsplit(done.headers.get("Location", "")).query)
        self.assertEqual(["s-1"], back.get("state"), done.text)
        self.assertEqual([self.home.url], back["iss"])
        if "code" not in back:
            return done, back
        form = {"grant_type": "authorization_code", "code": back["code"][0], "client_id": client, "redirect_uri": REDIRECT, "code_verifier": verifier}
        return requests.post(self.home.url + "/auth/token", data=form, verify=self.home.authority), form

    def test_launch_from_this_house(self):
        session = self.home.session("bob")
        asked = {"client": self.client, "patient": self.patients["Other"]}
        self.assertEqual(404, session.post(self.home.url + "/auth/launch", json={**asked, "patient": "nobody"}).status_code)
        self.assertEqual(404, session.post(self.home.url + "/auth/launch", json={**asked, "client": "nobody"}).status_code)
        url = session.post(self.home.url + "/auth/launch", json=asked).json()["launch_url"]
        query = parse_qs(urlsplit(url).query)
        self.assertEqual([self.base], query["iss"])
        browser = Browser(self.home, "bob")
        answer, form = self.launched(browser, "launch openid patient/Observation.rs?code=urn:c|a", launch=query["launch"][0])
        token = answer.json()
        self.assertEqual(self.patients["Other"], token["patient"])
        self.assertNotIn("refresh_token", token)
        keys = KeySet.import_key_set(requests.get(self.home.url + "/auth/jwks", verify=self.home.authority).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["ES256"]).claims
        self.assertEqual((self.home.url, self.client, "n-1"), (claims["iss"], claims["aud"], claims["nonce"]))
        self.assertNotIn("fhirUser", claims)
        seen = requests.get(self.base + "/Observation", verify=self.home.authority, headers={"Authorization": "Bearer " + token["access_token"]}).json()
        self.assertEqual(1, seen["total"])
        self.assertEqual("a", seen["entry"][0]["resource"]["code"]["coding"][0]["code"])
        again = requests.post(self.home.url + "/auth/token", data=form, verify=self.home.authority)
        self.assertEqual("invalid_grant", again.json()["error"])
        self.assertEqual(401, requests.get(self.base + "/Observation", verify=self.home.authority,
                                           headers={"Authorization": "Bearer " + token["access_token"]}).status_code, "a code that came twice")
        used, _ = self.launched_error(browser, "launch openid patient/*.rs", launch=query["launch"][0])
        self.assertEqual(["invalid_request"], used["error"])

    def launched_error(self, browser, scope, **fields):
        query = {"response_type": "code", "client_id": self.client, "redirect_uri": REDIRECT, "scope": scope, "state": "s-1", "aud": self.base,
                 "code_challenge": create_s256_code_challenge("v" * 64), "code_challenge_method": "S256", **fields}
        query = {name: value for name, value in query.items() if value is not None}
        answer = browser.session.get(self.home.url + "/auth/authorize", params=query, allow_redirects=False, timeout=600)
        return parse_qs(urlsplit(answer.headers.get("Location", "")).query), answer

    def test_what_is_wrong_is_refused(self):
        browser = Browser(self.home, "nobody")
        for fields, error in [({"code_challenge_method": "plain"}, "invalid_request"), ({"code_challenge": None}, "invalid_request"),
                              ({"aud": "https://other.example/fhir"}, "invalid_request"), ({"response_type": "token"}, "unsupported_response_type"),
                              ({"state": None}, "invalid_request")]:
            back, answer = self.launched_error(browser, SCOPE, **fields)
            self.assertEqual([error], back["error"], fields)
        back, _ = self.launched_error(browser, "user/Observation.cruds system/*.rs")
        self.assertEqual(["invalid_scope"], back["error"])
        for fields in [{"redirect_uri": REDIRECT + "/"}, {"redirect_uri": "https://evil.example/"}, {"client_id": "nobody"}]:
            _, answer = self.launched_error(browser, SCOPE, **fields)
            self.assertIn(answer.status_code, (400, 401))
            self.assertNotIn("Location", answer.headers, "nobody is sent anywhere")

    def test_deny_and_forged_forms(self):
        app = self.app("launch/patient patient/*.rs")
        browser = Browser(self.home, "cyd")
        page = browser.open(app.authorize_url)
        denied = browser.answer(page, decision="deny")
        self.assertIn("error=access_denied", denied.headers["Location"])
        fields = browser.fields(page)
        forged = browser.session.post(self.home.url + "/auth/authorize", data={**fields, "form_token": "0" * 64, "decision": "allow"})
        self.assertEqual(403, forged.status_code)
        foreign = browser.session.post(self.home.url + "/auth/authorize", data={**fields, "decision": "allow"}, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(403, foreign.status_code)
        # What the app asked of the sign-in holds for a form too that never saw the page.
        for wish, where in [("prompt=login", "/auth/sign-in?"), ("max_age=0", "/auth/sign-in?"), ("prompt=none", REDIRECT + "?error=consent_required")]:
            skipped = browser.session.post(self.home.url + "/auth/authorize", allow_redirects=False, data={
                **fields, "request": fields["request"] + "&" + wish, "decision": "allow", "patient": self.patients["Launch"]})
            self.assertEqual(303, skipped.status_code, skipped.text)
            self.assertTrue(skipped.headers["Location"].startswith(where), skipped.headers["Location"])
        # The cookie of a browser opens no interface, and no page leads away from here.
        cookie = next(c.value for c in browser.session.cookies if c.name == "__Host-ward")
        self.assertEqual(401, requests.get(self.base + "/Patient", verify=self.home.authority, headers={"Authorization": "Bearer " + cookie}).status_code)
        self.assertEqual(401, requests.get(self.base + "/Patient", verify=self.home.authority, cookies={"__Host-ward": cookie}).status_code)
        away = requests.get(self.home.url + "/auth/sign-in", params={"continue": "https://evil.example/"}, verify=self.home.authority)
        self.assertNotIn("evil", away.text)

    def test_an_app_that_writes_for_one_patient(self):
        _, made, _ = ward("client", "add", "diary", "--kind", "app", "--scope", "launch/patient patient/*.cruds user/Observation.cruds", "--redirect-uri", REDIRECT,
                          "--approve", home=self.home.home)
        patient, other = self.patients["Launch"], self.patients["Other"]
        browser = Browser(self.home, "eve")
        answer, _ = self.launched(
            browser, "launch/patient patient/Observation.cruds patient/Organization.cruds user/Observation.cruds?code=a", patient, client_id=made[0]["client_id"])
        token = answer.json()
        self.assertEqual("launch/patient patient/Observation.cruds patient/Organization.rs user/Observation.rs?code=a", token["scope"], "what opens anything")
        session = requests.Session()
        session.verify, session.headers["Authorization"] = self.home.authority, "Bearer " + token["access_token"]

        def observation(of, **more):
            return {"resourceType": "Observation", "status": "final", "code": {"text": "diary"}, "subject": {"reference": "Patient/" + of}, **more}
        mine = session.post(self.base + "/Observation", json=observation(patient))
        self.assertEqual(201, mine.status_code, mine.text)
        id = mine.json()["id"]
        self.assertEqual(200, session.put(f"{self.base}/Observation/{id}", json=observation(patient, id=id)).status_code)
        for body in (observation(other), observation(patient, performer=[{"reference": "Patient/" + other}])):
            refused = session.post(self.base + "/Observation", json=body)
            self.assertEqual(403, refused.status_code)
            self.assertIn("acts for one patient", refused.text)
        self.assertEqual(403, session.put(f"{self.base}/Observation/{id}", json=observation(other, id=id)).status_code)
        foreign = self.loader.get(f"{self.base}/Observation?subject=Patient/{other}").json()["entry"][0]["resource"]["id"]
        self.assertEqual(404, session.delete(f"{self.base}/Observation/{foreign}").status_code)
        self.assertEqual(204, session.delete(f"{self.base}/Observation/{id}").status_code)

    def test_who_is_there_is_told_where_asked(self):
        browser = Browser(self.home, "eve")
        answer, _ = self.launched(browser, "openid fhirUser user/Patient.rs")
        claims = json.loads(base64.urlsafe_b64decode(answer.json()["id_token"].split(".")[1] + "=="))
        self.assertEqual(self.base + "/Practitioner/p-eve", claims["fhirUser"])


if __name__ == "__main__":
    unittest.main()
