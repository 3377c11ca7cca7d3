"""Passkeys, by a real Chromium with a virtual authenticator: registered, then shown alone and as a second factor."""
import base64, hashlib, os, time, unittest
from urllib.parse import urlencode
import requests
from chromium import PROGRAM, Chromium, public_key
from home import Home, one_time_code, ward

SITE = "ward.test"


@unittest.skipUnless(PROGRAM, "Chromium is not installed: script/bootstrap --test")
class Passkeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        for name in ("ada", "bea", "cyd"):
            cls.home.add(name, "clinician")
        with open(os.path.join(cls.home.home, "ward.yaml"), "a") as file:
            file.write(f"\nserver:\n  public_authority: {SITE}\n")
        cls.home.serve()
        cls.browser = Chromium(SITE, int(cls.home.url.rsplit(":", 1)[1]), public_key(os.path.join(cls.home.home, "tls", "cert.pem")))

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.home.__exit__()

    def sign_in_with_code(self, name):
        """In the browser, with password and code. A code works once; the next one is taken early, else this waits for it."""
        for early in (0, 30, None):
            if early is None:
                time.sleep(30 - time.time() % 30 + 0.2)
            self.browser.open(f"https://{SITE}/auth/sign-in?continue=%2Fauth%2Faccount")
            self.browser.wait("document.querySelector('[name=code]')")
            user = self.home.users[name]
            self.browser.fill(name=name, password=user["password"], code=one_time_code(user["totp_uri"], time.time() + (early or 0)))
            self.browser.click("Sign in")
            self.browser.wait("document.querySelector('h1').textContent === 'Your account' || document.querySelector('.fault')")
            if self.browser.run("document.querySelector('h1').textContent") == "Your account":
                return
        self.fail("no code signs in")

    def factors(self, name):
        _, sessions, _ = ward("user", "sessions", name, home=self.home.home)
        return [sorted(session["factors"]) for session in sessions]

    def test_registered_then_shown(self):
        browser = self.browser
        with browser.authenticator():
            self.sign_in_with_code("ada")
            browser.fill(label="<b>my key</b>")
            browser.click("Add a passkey")
            browser.wait("document.body.innerText.includes('<b>my key</b>, added')")
            browser.click("Sign out")
            browser.wait("document.querySelector('h1').textContent === 'You are signed out'")

            # Alone: the authenticator asks who it is.
            browser.open(f"https://{SITE}/auth/sign-in?continue=%2Fauth%2Faccount")
            browser.click("Sign in with a passkey")
            browser.wait("document.querySelector('h1').textContent === 'Your account'")
            self.assertIn("ada", browser.run("document.body.innerText"))
            self.assertEqual([["passkey", "user-verification"]], self.factors("ada"))
            browser.click("Sign out")
            browser.wait("document.querySelector('h1').textContent === 'You are signed out'")

            # Beside the password.
            browser.open(f"https://{SITE}/auth/sign-in?continue=%2Fauth%2Faccount")
            browser.wait("document.querySelector('[name=name]')")
            browser.fill(name="ada", password="wrong")
            browser.click("Sign in with a passkey")
            browser.wait("document.querySelector('.fault')")
            browser.fill(name="ada", password=self.home.users["ada"]["password"])
            browser.click("Sign in with a passkey")
            browser.wait("document.querySelector('h1').textContent === 'Your account'")
            self.assertIn("password", self.factors("ada")[0])
            self.assertIn("passkey", self.factors("ada")[0])
            browser.click("Remove <b>my key</b>")
            browser.wait("document.body.innerText.includes('You have none.')")
            browser.click("Sign out")
            browser.wait("document.querySelector('h1').textContent === 'You are signed out'")
            wrong = [e for e in browser.events if e.get("method") == "Log.entryAdded" and "Content Security Policy" in e["params"]["entry"]["text"]]
            self.assertEqual([], wrong, "the pages keep to their own policy")

    def test_demanded(self):
        browser = self.browser
        with browser.authenticator():
            _, changed, _ = ward("user", "require-passkey", "bea", home=self.home.home)
            self.assertTrue(changed[0]["requires_passkey"])
            poor = self.home.session("bea")
            self.assertEqual(403, poor.get(self.home.url + "/fhir/Patient").status_code)
            self.sign_in_with_code("bea")
            self.assertIn("A passkey is demanded of you", browser.run("document.body.innerText"))
            browser.click("Add a passkey")
            browser.wait("document.body.innerText.includes('Passkey, added')")
            self.assertEqual(403, poor.get(self.home.url + "/fhir/Patient").status_code)
            browser.click("Sign out")
            browser.wait("document.querySelector('h1').textContent === 'You are signed out'")
            _, changed, _ = ward("user", "require-passkey", "bea", "--off", home=self.home.home)
            self.assertFalse(changed[0]["requires_passkey"])

    def test_forms_of_the_account(self):
        """Recovery codes, another app, another password, sessions and applications, as a person clicks them."""
        browser, user = self.browser, self.home.users["cyd"]
        _, made, _ = ward("client", "add", "diary", "--kind", "app", "--scope", "user/Patient.rs", "--redirect-uri", "https://app.example/cb", "--approve",
                          home=self.home.home)

        def text():
            return browser.run("document.body.innerText")

        def account():
            browser.open(f"https://{SITE}/auth/account")
            browser.wait("document.querySelector('h1').textContent === 'Your account'")
        self.sign_in_with_code("cyd")
        self.assertIn("There are none.", text())
        self.assertNotIn("<p>", text())
        browser.click("Make new recovery codes")
        browser.wait("document.querySelector('h1').textContent === 'Your new recovery codes'")
        codes = browser.run("[...document.querySelectorAll('li')].map(item => item.textContent)")
        self.assertEqual(10, len(codes))
        account()
        browser.click("Set up another app")
        browser.wait("document.querySelector('h1').textContent === 'Set up another app'")
        secret = browser.run("document.documentElement.innerHTML.match(/secret=([A-Z2-7]+)/)[1]")
        browser.fill(code=one_time_code(f"otpauth://totp/x?secret={secret}", time.time()))
        browser.click("Use this app from now on")
        browser.wait("document.body.innerText.includes('another authenticator app was set up')")
        browser.fill(current=user["password"], new="Another-Horse-8-Battery", repeat="Another-Horse-9-Battery")
        browser.click("Change the password")
        browser.wait("document.body.innerText.includes('The two passwords are not the same.')")
        browser.fill(current=user["password"], new="Another-Horse-8-Battery", repeat="Another-Horse-8-Battery")
        browser.click("Change the password")
        browser.wait("document.body.innerText.includes('the password was changed')")

        # A session elsewhere, by the new password and a recovery code, ended here.
        answer = requests.post(self.home.url + "/auth/sign-in", verify=self.home.authority,
                               json={"name": "cyd", "password": "Another-Horse-8-Battery", "code": codes[0]})
        self.assertEqual(200, answer.status_code, answer.text)
        bearer = {"Authorization": "Bearer " + answer.json()["token"]}
        self.assertEqual(200, requests.get(self.home.url + "/fhir/Patient", headers=bearer, verify=self.home.authority).status_code)
        account()
        browser.click("End it")
        browser.wait("![...document.querySelectorAll('button')].some(b => b.textContent === 'End it')")
        self.assertEqual(401, requests.get(self.home.url + "/fhir/Patient", headers=bearer, verify=self.home.authority).status_code)

        # An application, allowed and stopped.
        challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 64).digest()).rstrip(b"=").decode()
        browser.open(f"https://{SITE}/auth/authorize?" + urlencode({
            "response_type": "code", "client_id": made[0]["client_id"], "redirect_uri": "https://app.example/cb", "scope": "user/Patient.rs", "state": "s",
            "aud": f"https://{SITE}/fhir", "code_challenge": challenge, "code_challenge_method": "S256"}))
        browser.wait("document.querySelector('h1').textContent === 'Allow diary?'")
        browser.click("Allow")
        browser.wait(f"location.host !== '{SITE}'")
        account()
        browser.click("Stop diary")
        browser.wait("document.body.innerText.includes('There are none.')")
        browser.click("Sign out everywhere and stop every application")
        browser.wait("document.querySelector('h1').textContent === 'You are signed out'")

    def test_pages_and_fields(self):
        page = requests.get(self.home.url + "/auth/sign-in", verify=self.home.authority)
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("script-src 'self'; require-trusted-types-for 'script'", policy)
        self.assertNotIn("unsafe", policy)
        nobody = requests.get(self.home.url + "/auth/account", verify=self.home.authority, allow_redirects=False)
        self.assertEqual((303, "/auth/sign-in?continue=%2Fauth%2Faccount"), (nobody.status_code, nobody.headers["Location"]))
        form = {"credential": "AAAA", "client_data": "e30", "authenticator_data": "AAAA", "signature": "AAAA", "user_handle": ""}
        for fields, status in [(form, 401), ({**form, "signature": "=="}, 400), ({**form, "name": "ada", "password": "x"}, 401)]:
            self.assertEqual(status, requests.post(self.home.url + "/auth/sign-in", data=fields, verify=self.home.authority).status_code)

    def test_step_up(self):
        self.home.add("stepper", "clinician")
        session = self.home.session("stepper")
        user = self.home.users["stepper"]
        wrong = session.post(self.home.url + "/auth/step-up", json={"code": "000000"})
        self.assertEqual(403, wrong.status_code)
        for at in (0, 30, 60):
            answer = session.post(self.home.url + "/auth/step-up", json={"code": one_time_code(user["totp_uri"], time.time() + at)})
            if answer.status_code == 200:
                break
            time.sleep(30 - time.time() % 30 + 0.2 if at else 0)
        self.assertEqual(200, answer.status_code)
        self.assertEqual(401, session.get(self.home.url + "/fhir/Patient").status_code, "the old token is over")
        session.headers["Authorization"] = "Bearer " + answer.json()["token"]
        self.assertEqual(200, session.get(self.home.url + "/fhir/Patient").status_code)


if __name__ == "__main__":
    unittest.main()
