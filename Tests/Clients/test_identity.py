"""Accounts from the person's side: invitation by link, own password, recovery codes, sessions."""
import base64, os, re, subprocess, time, unittest
import requests
from home import Home, activate, one_time_code, ward

PASSWORD = "Correct-Horse-7"


class From(requests.adapters.HTTPAdapter):
    """Asks from another address of this machine."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **fields):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **fields)


class Accounts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.home.add("ada", "clinician")
        cls.home.serve()

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def invite(self, name, role="clinician"):
        _, invitation, _ = ward("user", "invite", name, "--role", role, home=self.home.home)
        return self.home.url + "/auth/" + invitation["link"].split("/auth/")[1]

    def activate(self, link, password=PASSWORD, code=None):
        return activate(self.home.url, link, self.home.authority, password, code)

    def test_an_invited_person_opens_the_account_and_signs_in(self):
        link = self.invite("grace")
        uri, done = self.activate(link)
        self.assertEqual(200, done.status_code, done.text)
        codes = re.findall(r"<li>([a-z1-9-]{19})</li>", done.text)
        self.assertEqual(10, len(codes))
        self.assertEqual(404, requests.get(link, verify=self.home.authority).status_code, "once")
        self.home.users["grace"] = {"password": PASSWORD, "totp_uri": uri}
        self.assertEqual(200, self.home.sign_in("grace", code=codes[0]).status_code)
        self.assertEqual(401, self.home.sign_in("grace", code=codes[0]).status_code, "a recovery code works once")
        with open(self.home.log) as log:
            self.assertNotIn(link.split("=")[1], log.read())

    def test_a_table_of_people_is_invited(self):
        path = os.path.join(self.home.folder, "people.csv")
        def invite(text, check=True):
            with open(path, "w") as file:
                file.write(text)
            return ward("user", "import", path, home=self.home.home, check=check)
        _, made, _ = invite('name,role,fhir_user\r\n"ida, m.",x,\r\nivy,clinician,Practitioner/ivy\r\n ivo , auditor ,""\r\n', check=False)
        self.assertEqual([False, True, True], ["link" in line for line in made])
        self.assertEqual([2, 3, 4], [line["line"] for line in made])
        _, users, _ = ward("user", "list", home=self.home.home)
        self.assertEqual({"ivy": ("clinician", "Practitioner/ivy"), "ivo": ("auditor", None)},
                         {u["name"]: (u["role"], u.get("fhir_user")) for u in users if u["name"].startswith("iv")})
        self.assertTrue(all(u["is_invited"] for u in users if u["name"].startswith("iv")))
        _, done = self.activate(self.home.url + "/auth/" + made[1]["link"].split("/auth/")[1])
        self.assertEqual(200, done.status_code)
        for wrong, words in [("name\nx\n", "line 1"), ('name,role\n"open,clinician\n', "line 2"), ("name,role\na\n", "line 2"), ("", "line 1")]:
            code, _, error = invite(wrong, check=False)
            self.assertEqual(2, code)
            self.assertIn(words, error)

    def test_weak_passwords_are_refused_with_the_reason(self):
        link = self.invite("weak")
        for password, reason in [("Password1234!", "common or breached"), ("Ward-2026-Ward", "service"), ("Short-1", "12 characters")]:
            _, answer = self.activate(link, password)
            self.assertEqual(422, answer.status_code)
            self.assertIn(reason, answer.text)

    def test_oathtool_codes_sign_in(self):
        user = self.home.add("tool", "clinician")
        secret = re.search(r"secret=([A-Z2-7]+)", user["totp_uri"]).group(1)
        code = subprocess.run(["oathtool", "--totp", "--base32", secret], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual(200, self.home.sign_in("tool", code=code).status_code)

    def processor_seconds(self):
        """What the server has worked so far, whatever else the machine does."""
        with open(f"/proc/{self.home.process.pid}/stat") as status:
            user, system = status.read().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def test_time_tells_nothing(self):
        """Wrong for whatever cause is the same work and takes the same time.

        The smallest of several turns counts: a busy machine only adds. Where it added to every turn of a name, there are further turns; a name that
        tells itself by time does so however many there are.
        """
        self.home.add("known", "clinician")
        self.home.add("closed", "clinician")
        ward("user", "disable", "closed", home=self.home.home)
        names = ["known", "closed", "nobody-of-this-name"]
        taken, worked = {name: [] for name in names}, {name: [] for name in names}

        def ratio(measured):
            smallest = [min(values) for values in measured.values()]
            return max(smallest) / max(min(smallest), 0.001)

        for turn in range(9):
            for name in names:
                begun, before = time.perf_counter(), self.processor_seconds()
                answer = requests.post(self.home.url + "/auth/sign-in", verify=self.home.authority, timeout=300,
                                       json={"name": name, "password": "Wrong-Horse-77", "code": "000000"})
                taken[name].append(time.perf_counter() - begun)
                worked[name].append(self.processor_seconds() - before)
                self.assertEqual(401, answer.status_code)
            if turn >= 1 and ratio(taken) < 1.5 and ratio(worked) < 1.5:
                break
        self.assertLess(ratio(worked), 1.5, worked)
        self.assertLess(ratio(taken), 1.5, taken)

    def test_links_tell_nothing(self):
        """A link that opens nothing says the same, and takes the same time, whether it names an account or not, invited or open.

        Who is invited is known at no other door; passwords are reset by administrators alone, and the person who is, signs in.
        """
        def bent(account, secret=b"s" * 32):
            return base64.urlsafe_b64encode(account + secret).decode()
        invited = base64.urlsafe_b64decode(self.invite("linda").split("=")[1])[:16]
        closed = base64.urlsafe_b64decode(self.invite("lars").split("=")[1])[:16]
        ward("user", "disable", "lars", home=self.home.home)
        link = self.invite("lena")
        self.activate(link)
        used = base64.urlsafe_b64decode(link.split("=")[1])
        kinds = {"invited": bent(invited), "closed": bent(closed), "used": bent(used[:16], used[16:]), "nobody": bent(os.urandom(16))}
        taken = {kind: [] for kind in kinds}

        def ratio():
            smallest = [min(values) for values in taken.values()]
            return max(smallest) / min(smallest)

        for turn in range(100):
            # Each turn comes from an address of its own, which is held back by nothing; the first request only connects.
            session = requests.Session()
            session.verify = self.home.authority
            session.mount("https://", From(f"127.3.{turn}.1"))
            session.get(self.home.url + "/health/live", timeout=300)
            said = set()
            for kind, token in kinds.items():
                begun = time.perf_counter()
                answer = session.get(self.home.url + "/auth/activate", params={"invitation": token}, timeout=300)
                taken[kind].append(time.perf_counter() - begun)
                said.add((answer.status_code, re.sub(r"[0-9a-f-]{36}", "", answer.text)))
            self.assertEqual(1, len(said), said)
            self.assertEqual({404}, {status for status, _ in said})
            if turn >= 4 and ratio() < 1.5:
                break
        self.assertLess(ratio(), 1.5, taken)

    def test_own_password_and_sessions(self):
        self.home.add("self", "clinician")
        session = self.home.session("self")
        listed = session.get(self.home.url + "/auth/sessions").json()["sessions"]
        self.assertEqual([True], [s["is_current"] for s in listed])
        change = {"current": self.home.users["self"]["password"], "new": "Another-Horse-8"}
        wrong = session.post(self.home.url + "/auth/password", json={**change, "current": "wrong"})
        self.assertEqual(403, wrong.status_code)
        fresh = session.post(self.home.url + "/auth/password", json=change)
        self.assertEqual(200, fresh.status_code)
        self.assertEqual(401, session.get(self.home.url + "/auth/sessions").status_code)
        session.headers["Authorization"] = "Bearer " + fresh.json()["token"]
        self.assertEqual(200, session.get(self.home.url + "/fhir/Patient").status_code)

    def test_administrators_see_and_end_sessions_and_change_roles(self):
        self.home.add("kim", "clinician")
        session = self.home.session("kim")
        _, listed, _ = ward("user", "sessions", "kim", home=self.home.home)
        self.assertEqual([["password", "totp"]], [s["factors"] for s in listed])
        _, left, _ = ward("user", "sessions", "kim", "--end", listed[0]["id"], home=self.home.home)
        self.assertEqual([], left)
        self.assertEqual(401, session.get(self.home.url + "/fhir/Patient").status_code)
        _, changed, _ = ward("user", "role", "kim", "auditor", home=self.home.home)
        self.assertEqual("auditor", changed[0]["role"])
        # Each of the two is one action, and what was open before is shut when it returns.
        self.home.add("kai", "clinician")
        session = self.home.session("kai")
        self.assertEqual(200, session.get(self.home.url + "/fhir/Patient").status_code)
        ward("user", "role", "kai", "administrator", home=self.home.home)
        self.assertEqual(401, session.get(self.home.url + "/fhir/Patient").status_code)
        self.home.add("kay", "clinician")
        session = self.home.session("kay")
        self.assertEqual(200, session.get(self.home.url + "/fhir/Patient").status_code)
        ward("user", "disable", "kay", home=self.home.home)
        self.assertEqual(401, session.get(self.home.url + "/fhir/Patient").status_code)
        _, unused, _ = ward("user", "list", "--unused-days", "90", home=self.home.home)
        self.assertEqual([], unused)

    def test_a_new_home_has_no_account(self):
        with Home() as home:
            self.assertEqual([], ward("user", "list", home=home.home)[1])
            self.assertEqual([], ward("client", "list", home=home.home)[1])

    def test_nobody_learns_another_persons_password(self):
        user = self.home.add("lou", "clinician")
        session = self.home.session("lou")
        _, reset, _ = ward("user", "reset", "lou", home=self.home.home)
        self.assertEqual({"id", "name", "role", "link", "expires_at"}, set(reset))
        self.assertNotIn(":0/", reset["link"])
        self.assertTrue(reset["link"].startswith(self.home.url + "/"), "the port that the server listens on")
        self.assertEqual(401, session.get(self.home.url + "/auth/sessions").status_code)
        self.assertEqual(401, self.home.sign_in("lou", code=one_time_code(user["totp_uri"], time.time() + 30)).status_code, "the old password is gone")
        self.assertTrue(next(u for u in ward("user", "list", home=self.home.home)[1] if u["name"] == "lou")["is_reset"])
        uri, done = activate(self.home.url, reset["link"], self.home.authority, "Another-Horse-8", one_time_code(user["totp_uri"], time.time() + 30))
        self.assertEqual((None, 200), (uri, done.status_code), "the second factor stays, and is not shown")
        _, reset, _ = ward("user", "reset", "lou", "--second-factor", home=self.home.home)
        uri, done = activate(self.home.url, reset["link"], self.home.authority, "Another-Horse-9")
        self.assertEqual(200, done.status_code)
        self.home.users["lou"] = {"password": "Another-Horse-9", "totp_uri": uri}
        self.assertEqual(200, self.home.session("lou").get(self.home.url + "/auth/sessions").status_code)
        # Before the machine has chosen a port there is no address to give.
        with Home() as other:
            code, _, words = ward("user", "invite", "x", "--role", "clinician", home=other.home, check=False, env={"WARD_SERVER_PORT": "0"})
            self.assertEqual(2, code)
            self.assertIn("server.public_authority", words)


if __name__ == "__main__":
    unittest.main()
