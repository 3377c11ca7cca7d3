"""Sign-in by the organisation's provider, a real one from PyPI, and what is refused on the way."""
import os, re, time, unittest
from urllib.parse import parse_qs, urlsplit
import requests
from chromium import PROGRAM, Chromium, public_key
from home import Home, one_time_code, ward
from provider import Provider, Visitor


class ExternalSignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.home.add("ada", "clinician")
        # The first start makes the certificates, which the provider borrows.
        cls.home.serve()
        cls.home.stop()
        cls.provider = Provider(os.path.join(cls.home.home, "tls"))
        cls.env = cls.provider.environment
        cls.home.serve(env=cls.env)
        ward("user", "external", "ada", "--subject", "s-ada", home=cls.home.home, env=cls.env)

    @classmethod
    def tearDownClass(cls):
        cls.provider.stop()
        cls.home.__exit__()

    def sessions(self, name):
        return ward("user", "sessions", name, home=self.home.home)[1]

    def test_the_page_offers_it_and_the_provider_proves_both_factors(self):
        self.provider.person("s-ada", amr=["pwd", "otp", "mfa"])
        visitor = Visitor(self.home)
        page = visitor.session.get(self.home.url + "/auth/sign-in?continue=%2Fauth%2Faccount", timeout=600)
        link = re.search(r'href="(/auth/external[^"]*)">Sign in with St. Elsewhere<', page.text).group(1).replace("&amp;", "&")
        done = visitor.sign_in("s-ada", link)
        self.assertEqual(200, done.status_code, done.text)
        self.assertIn('http-equiv="refresh" content="0; url=/auth/account"', done.text)
        cookie = next(c for c in visitor.session.cookies if c.name == "__Host-ward")
        self.assertTrue(cookie.secure and cookie.has_nonstandard_attr("HttpOnly"))
        self.assertNotIn("__Host-ward-external", [c.name for c in visitor.session.cookies], "it is taken away")
        account = visitor.session.get(self.home.url + "/auth/account", timeout=600)
        self.assertIn("<strong>ada</strong>", account.text)
        self.assertIn(["provider", "provider-mfa"], [s["factors"] for s in self.sessions("ada")])
        asked, shown = self.provider.asked[-1], self.provider.shown[-1]
        self.assertEqual("S256", asked["code_challenge_method"])
        self.assertTrue(shown["authorization"].startswith("Basic "))
        self.assertEqual(self.home.url + "/auth/external/return", shown["redirect_uri"])

    def test_the_second_factor_is_shown_here_where_the_provider_asked_for_none(self):
        self.provider.person("s-ada", amr=["pwd"])
        visitor = Visitor(self.home)
        done = visitor.sign_in("s-ada")
        self.assertEqual(200, done.status_code, done.text)
        self.assertIn("url=/auth/account?continue=", done.text)
        account = visitor.session.get(self.home.url + "/auth/account", timeout=600)
        self.assertIn("Show your second factor", account.text)
        token = re.search(r'name="form_token" value="([0-9a-f]{64})"', account.text).group(1)
        for wait, early in [(0, 0), (0, 30), (31, 0)]:
            time.sleep(wait)
            code = one_time_code(self.home.users["ada"]["totp_uri"], time.time() + early)
            done = visitor.session.post(self.home.url + "/auth/account/change", timeout=600, allow_redirects=False, data={
                "form_token": token, "action": "confirm", "code": code, "continue": "/auth/account"})
            if done.status_code == 303:
                break
        self.assertEqual((303, "/auth/account"), (done.status_code, done.headers.get("Location")))
        self.assertIn(["provider", "totp"], [sorted(s["factors"]) for s in self.sessions("ada")])

    def test_somebody_elses_answer_is_worth_nothing(self):
        self.provider.person("s-ada", amr=["mfa"])
        thief, victim = Visitor(self.home), Visitor(self.home)
        address = thief.return_as("s-ada", thief.begin())
        self.assertEqual(401, victim.session.get(address, timeout=600).status_code, "a browser that began nothing")
        victim.begin()
        self.assertEqual(401, victim.session.get(address, timeout=600).status_code, "a browser that began for itself")
        bent = address.replace("state=", "state=A")
        self.assertEqual(401, thief.session.get(bent, timeout=600).status_code)
        thief.begin()
        denied = thief.session.get(self.home.url + "/auth/external/return?error=access_denied&state=" + parse_qs(urlsplit(address).query)["state"][0], timeout=600)
        self.assertEqual(401, denied.status_code)

    def test_an_account_is_made_for_who_has_a_role_and_the_role_follows(self):
        self.provider.person("s-new", amr=["mfa"], groups=["visitors"], preferred_username="nora")
        self.assertEqual(403, Visitor(self.home).sign_in("s-new").status_code)
        self.provider.person("s-new", amr=["mfa"], groups=["ward-clinicians"], preferred_username="nora")
        first = Visitor(self.home)
        self.assertEqual(200, first.sign_in("s-new").status_code)
        nora = next(u for u in ward("user", "list", home=self.home.home)[1] if u["name"] == "nora")
        self.assertEqual(("clinician", "s-new"), (nora["role"], nora["external_subject"]))
        self.provider.person("s-new", amr=["mfa"], groups=["ward-clinicians", "ward-admins"], preferred_username="nora")
        self.assertEqual(200, Visitor(self.home).sign_in("s-new").status_code)
        nora = next(u for u in ward("user", "list", home=self.home.home)[1] if u["name"] == "nora")
        self.assertEqual("administrator", nora["role"])
        gone = first.session.get(self.home.url + "/auth/account", allow_redirects=False, timeout=600)
        self.assertEqual(303, gone.status_code, "sessions of the old role ended")
        # One name, another person: never the same account.
        self.provider.person("s-ada-too", amr=["mfa"], groups=["ward-clinicians"], preferred_username="ada", email="ada@example.org")
        self.assertEqual(403, Visitor(self.home).sign_in("s-ada-too").status_code)
        ward("user", "disable", "nora", home=self.home.home)
        self.assertEqual(403, Visitor(self.home).sign_in("s-new").status_code)
        self.assertEqual(2, ward("user", "external", "nora", "--subject", "s-ada", home=self.home.home, check=False)[0], "it is ada's")

    def test_a_provider_that_fails_is_said_so_and_ward_goes_on(self):
        self.provider.broken = True
        try:
            with Home() as home:
                home.add("eve", "clinician")
                home.serve(env=self.env)
                answer = requests.get(home.url + "/auth/external", verify=home.authority, timeout=600)
                self.assertEqual((503, "5"), (answer.status_code, answer.headers.get("Retry-After")))
                self.assertEqual(200, home.sign_in("eve").status_code, "the own door stays open")
        finally:
            self.provider.broken = False
        with Home() as home:
            home.serve(env={**self.env, "WARD_OIDC_CA_FILE": home.authority})
            answer = requests.get(home.url + "/auth/external", verify=home.authority, timeout=600)
            self.assertEqual(503, answer.status_code, "its certificate is of another authority")
        with Home() as home:
            home.serve()
            self.assertEqual(404, requests.get(home.url + "/auth/external", verify=home.authority, timeout=600).status_code)
            code, _, words = ward("user", "external", "x", "--subject", "y", home=home.home, check=False)
            self.assertIn("oidc.issuer", words)

    def test_the_configuration_is_checked(self):
        with Home() as home:
            for wrong, key in [({"WARD_OIDC_ISSUER": "http://x.example"}, "oidc.issuer"), ({"WARD_OIDC_CLIENT_ID": "x"}, "oidc.issuer"),
                               ({"WARD_OIDC_ISSUER": "https://x.example"}, "oidc.client_id"),
                               ({**self.env, "WARD_OIDC_ROLES": "king=x"}, "oidc.roles"), ({**self.env, "WARD_OIDC_ROLES": "service=x"}, "oidc.roles"),
                               ({"WARD_OIDC_ISSUER": "https://x.example", "WARD_OIDC_CLIENT_ID": "x", "WARD_OIDC_MAKE_ACCOUNTS": "true"}, "oidc.roles"),
                               ({**self.env, "WARD_OIDC_CA_FILE": "/nowhere"}, "oidc.ca_file"),
                               ({**self.env, "WARD_OIDC_CLIENT_SECRET_FILE": "/nowhere"}, "oidc.client_secret_file")]:
                code, _, words = ward("user", "list", home=home.home, env=wrong, check=False)
                self.assertEqual(2, code, wrong)
                self.assertIn(key, words)


SITE = "ward.test"


@unittest.skipUnless(PROGRAM, "Chromium is not installed: script/bootstrap --test")
class InABrowser(unittest.TestCase):
    def test_there_and_back(self):
        """A real browser keeps cookies as SameSite says: what is Strict does not come along from the provider's pages."""
        with Home() as home:
            with open(os.path.join(home.home, "ward.yaml"), "a") as file:
                file.write(f"\nserver:\n  public_authority: {SITE}\n")
            home.serve()
            home.stop()
            provider = Provider(os.path.join(home.home, "tls"))
            self.addCleanup(provider.stop)
            home.serve(env=provider.environment)
            provider.person("s-ida", amr=["mfa"], groups=["ward-clinicians"], preferred_username="ida")
            key = public_key(os.path.join(home.home, "tls", "cert.pem"))
            with Chromium(SITE, int(home.url.rsplit(":", 1)[1]), key, others=["127.0.0.1"]) as browser:
                end = time.monotonic() + 240
                while True:
                    browser.open(f"https://{SITE}/auth/sign-in?continue=%2Fauth%2Faccount")
                    browser.wait("[...document.querySelectorAll('a')].some(a => a.textContent === 'Sign in with St. Elsewhere')")
                    browser.run("[...document.querySelectorAll('a')].find(a => a.textContent === 'Sign in with St. Elsewhere').click()")
                    # The provider's own page; where it answered too late, ours says so, and one begins again.
                    browser.wait(f"location.host !== {SITE!r} && document.querySelector('[name=sub]') || location.pathname === '/auth/external'")
                    if browser.run("location.host") != SITE:
                        browser.fill(sub="s-ida")
                        browser.run("document.querySelector('[name=sub]').form.requestSubmit()")
                        browser.wait(f"location.host === {SITE!r} && document.querySelector('h1')")
                        browser.wait("location.pathname === '/auth/account' || !document.querySelector('meta[http-equiv=refresh]')")
                        if browser.run("location.pathname") == "/auth/account":
                            break
                    self.assertLess(time.monotonic(), end, browser.run("document.body.innerText"))
                    time.sleep(1)
                self.assertEqual("Your account", browser.run("document.querySelector('h1').textContent"))
                self.assertIn("ida", browser.run("document.body.innerText"))
                _, sessions, _ = ward("user", "sessions", "ida", home=home.home)
                self.assertEqual([["provider", "provider-mfa"]], [sorted(session["factors"]) for session in sessions])
                # Going back to the provider's answer signs nobody in again: it worked once.
                names = {cookie["name"] for cookie in browser.call("Network.getCookies", urls=[f"https://{SITE}/auth/account"])["cookies"]}
                self.assertIn("__Host-ward", names)
                self.assertNotIn("__Host-ward-external", names)


if __name__ == "__main__":
    unittest.main()
