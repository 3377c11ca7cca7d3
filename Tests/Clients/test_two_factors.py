"""All ways to health data: none is open to whoever has shown less than two factors, or owes a passkey."""
import json, re, subprocess, time, unittest
from urllib.parse import parse_qs, urlsplit
import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from home import WARD, Home, one_time_code, ward
from test_smart import Browser

CANARY = "Twofactorcanary"
REDIRECT = "https://app.example/callback"
VERIFIER = "v" * 64


class TwoFactors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        for name in ("ada", "owes", "leaves", "codes"):
            cls.home.add(name, "clinician")
        cls.app = ward("client", "add", "app", "--kind", "app", "--scope", "openid offline_access launch/patient patient/*.rs", "--redirect-uri",
                       REDIRECT, "--approve", home=cls.home.home)[1][0]["client_id"]
        ward("user", "require-passkey", "owes", home=cls.home.home)
        cls.home.serve()
        cls.ada = cls.home.session("ada")
        cls.patient = cls.ada.post(cls.home.url + "/fhir/Patient", json={"resourceType": "Patient", "name": [{"family": CANARY}]}).json()["id"]
        cls.places = [place["place"] for place in json.loads(
            subprocess.run([WARD, "audit", "events", "--output", "json"], capture_output=True, text=True, check=True).stdout)
            if re.match(r"[A-Z]+ /", place["place"])]

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def query(self):
        return {"response_type": "code", "client_id": self.app, "redirect_uri": REDIRECT, "scope": "openid offline_access launch/patient patient/*.rs",
                "state": "s-1", "aud": self.home.url + "/fhir", "code_challenge": create_s256_code_challenge(VERIFIER), "code_challenge_method": "S256"}

    def ask(self, place, headers, form_token=""):
        """Does at a place what would bring the patient out, where anything would."""
        method, path = place.split(" ")
        for name, value in [("{type}", "Patient"), ("{id}", self.patient), ("{version}", "1"), ("{question}", "patient?patient=Patient/" + self.patient)]:
            path = path.replace(name, value)
        query = requests.Request("GET", "https://x/", params=self.query()).prepare().url.split("?")[1]
        bodies = {
            "/fhir": {"json": {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "Patient/" + self.patient}}]}},
            "/fhir/Patient/_search": {"data": {"family": CANARY}},
            "/auth/authorize": {"data": {"request": query, "form_token": form_token, "decision": "find", "find": CANARY}},
            "/auth/launch": {"json": {"client": self.app, "patient": self.patient}},
        }
        body = bodies.get(path, {"json": {"resourceType": "Patient", "id": self.patient}} if path.startswith("/fhir") else {"json": {}})
        url = self.home.url + path + ("?" + query if place == "GET /auth/authorize" else "")
        return requests.request(
            method, url, verify=self.home.authority, timeout=600, allow_redirects=False, headers={"Sec-Fetch-Site": "same-origin", **headers},
            **(body if method in ("POST", "PUT") else {}))

    def reads(self):
        """Where the patient comes out, least harmful first; what changes records is not done by who may."""
        return [p for p in self.places if p.startswith("GET /fhir/{type}") or p in ("POST /fhir", "POST /fhir/{type}/_search", "POST /auth/authorize")]

    def browser(self, name):
        """Signed in by a browser: the headers, and the token of its forms."""
        browser = Browser(self.home, name)
        page = browser.open(self.home.url + "/auth/account")
        self.assertIn("Your account", page.text)
        return {"Cookie": "__Host-ward=" + browser.session.cookies["__Host-ward"]}, browser.fields(page)["form_token"]

    def tokens(self):
        """What an app gets of a person, by the names of the answer, and the code."""
        browser = Browser(self.home, "leaves")
        url = requests.Request("GET", self.home.url + "/auth/authorize", params=self.query()).prepare().url
        page = browser.open(url)
        location = browser.answer(page, decision="allow", patient=self.patient).headers["Location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "client_id": self.app, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
        answer = requests.post(self.home.url + "/auth/token", data=form, verify=self.home.authority).json()
        return {"code": code, **{name: answer[name] for name in ("access_token", "refresh_token", "id_token")}}

    def test_every_way(self):
        cookie, form_token = self.browser("ada")
        bearer = {"Authorization": "Bearer " + self.ada.token}
        for place in self.reads():
            headers = cookie if "/auth/" in place else bearer
            answer = self.ask(place, headers, form_token)
            self.assertIn(CANARY, answer.text, f"{place} shows what this test looks for, to who may see it")

        tokens = self.tokens()
        self.assertIn(CANARY, self.ask("GET /fhir/{type}/{id}", {"Authorization": "Bearer " + tokens["access_token"]}).text)
        ward("user", "require-passkey", "leaves", home=self.home.home)
        owing_cookie, owing_token = self.browser("owes")
        owing = self.home.session("owes")
        ended = self.home.session("codes")
        ended.post(self.home.url + "/auth/sign-out")
        browser_token = cookie["Cookie"].split("=", 1)[1]
        shown = {
            "nothing": ({}, ""),
            "what is no token": ({"Authorization": "Bearer " + "x" * 48}, ""),
            "a session that owes a passkey": ({"Authorization": "Bearer " + owing.token}, ""),
            "a browser that owes a passkey": (owing_cookie, owing_token),
            "a browser's token as a program's": ({"Authorization": "Bearer " + browser_token}, ""),
            "a program's token as a browser's": ({"Cookie": "__Host-ward=" + self.ada.token}, form_token),
            "a browser's cookie beside nothing": (cookie, "0" * 64),
            "a session that was signed out": ({"Authorization": "Bearer " + ended.token}, ""),
            "an app's token, of a person who owes a passkey now": ({"Authorization": "Bearer " + tokens["access_token"]}, ""),
            "a refresh token": ({"Authorization": "Bearer " + tokens["refresh_token"]}, ""),
            "an identity token": ({"Authorization": "Bearer " + tokens["id_token"]}, ""),
            "an authorization code": ({"Authorization": "Bearer " + tokens["code"]}, ""),
        }
        for name, (headers, form) in shown.items():
            for place in self.places:
                answer = self.ask(place, headers, form)
                where = f"{place} with {name}: {answer.status_code}"
                self.assertNotIn(CANARY, answer.text, where)
                path = place.split(" ")[1]
                if path.startswith(("/fhir", "/api/")) and path not in ("/fhir/metadata", "/fhir/.well-known/smart-configuration"):
                    self.assertIn(answer.status_code, (401, 403), where)
        self.assertEqual(200, self.ada.get(f"{self.home.url}/fhir/Patient/{self.patient}").status_code, "nothing was changed")
        self.assertEqual("1", self.ada.get(f"{self.home.url}/fhir/Patient/{self.patient}").json()["meta"]["versionId"])

    def test_one_factor_opens_no_session(self):
        user = self.home.users["codes"]
        code = one_time_code(user["totp_uri"], time.time() + 30)
        for given in [{"password": user["password"]}, {"code": code}, {"password": user["password"], "code": ""}, {"password": "", "code": code},
                      {"password": user["password"], "code": user["password"]}, {"password": code, "code": code}]:
            for body in ({"json": {"name": "codes", **given}}, {"data": {"name": "codes", **given}}):
                answer = requests.post(self.home.url + "/auth/sign-in", verify=self.home.authority, timeout=600, **body)
                self.assertIn(answer.status_code, (400, 401, 429), given)
                self.assertNotIn("__Host-ward=", answer.headers.get("Set-Cookie", ""))


if __name__ == "__main__":
    unittest.main()
