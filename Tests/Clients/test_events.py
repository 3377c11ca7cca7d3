"""Walks every route and every command, and finds exactly the events that the table of docs/safeguards/audit.md promises."""
import base64, glob, json, os, re, shutil, sqlite3, subprocess, tempfile, time, unittest, uuid
from urllib.parse import parse_qs, urlsplit
import requests
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import ECKey
from home import WARD, Home, one_time_code, ward
from provider import Provider, Visitor
from test_smart import Browser

DOCUMENT = os.path.join(os.path.dirname(__file__), "../../docs/safeguards/audit.md")
FAKE_TIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")
REDIRECT = "https://app.example/callback"
VERIFIER = "v" * 64
# What comes without anybody asking may come at any moment.
BY_ITSELF = {"heartbeat"}


def asked_for(lines):
    """The kinds of event that somebody's doing wrote. Refusals that were counted are told within a minute, whatever happens then."""
    return {line["event"] for line in lines if line.get("interaction") != "turned-away"} - BY_ITSELF


def promised():
    done = subprocess.run([WARD, "audit", "events", "--output", "json"], capture_output=True, text=True, check=True)
    return {place["place"]: {event["kind"] for event in place["events"]} for place in json.loads(done.stdout)}


class Away(requests.adapters.HTTPAdapter):
    """Asks from another address of this machine."""

    def init_poolmanager(self, *arguments, **fields):
        super().init_poolmanager(*arguments, source_address=("127.1.0.1", 0), **fields)


class Watch:
    """What the log of a home gained while something was done."""

    def __init__(self, home):
        self.home = home

    def newest(self):
        """The end of the log, once nothing waits in the outbox."""
        end = time.time() + 60
        while time.time() < end:
            if self.count("data/records.db", "select count(*) from outbox") == 0:
                return self.count("audit/audit.db", "select coalesce(max(position), -1) from entry")
            time.sleep(0.02)
        raise AssertionError("events wait in the outbox for a minute")

    def count(self, path, query):
        database = sqlite3.connect(f"file:{self.home.home}/{path}?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(query).fetchone()[0]
        finally:
            database.close()

    def entries(self):
        _, lines, _ = ward("audit", "show", "--last", "10000", home=self.home.home)
        return lines


class Walk(unittest.TestCase):
    """Each place is a method; what it does lies between two ends of the log."""

    @classmethod
    def setUpClass(cls):
        cls.promised = promised()
        cls.spans = []
        cls.home = Home()
        cls.watch = Watch(cls.home)

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def place(self, name, *actions):
        """Does what a place is for and remembers where in the log that was told."""
        before = self.watch.newest()
        for action in actions:
            action()
        self.spans.append((name, before, self.watch.newest()))

    def http(self, method, path, session=None, status=200, **fields):
        def send():
            answer = requests.request(
                method, self.home.url + path, verify=self.home.authority, timeout=600, allow_redirects=False,
                headers={**(dict(session.headers) if session else {}), **fields.pop("headers", {})}, **fields)
            self.assertEqual(status, answer.status_code, f"{method} {path}: {answer.text[:200]}")
            return answer
        return send

    def command(self, *arguments, code=0):
        def run():
            found, value, words = ward(*arguments, home=self.home.home, check=False)
            self.assertEqual(code, found, f"{arguments}: {words}")
            return value
        return run

    # The walk.

    def test_every_place(self):
        self.place("ward init", lambda: None)
        self.spans[-1] = ("ward init", -1, self.spans[-1][2])
        self.serving()
        self.commands_on_accounts()
        self.commands_on_keys_and_log()
        self.doors()
        self.accounts()
        self.own_account()
        self.applications()
        self.records()
        self.shredding()
        self.the_log()
        # After all of it every record is what the log tells of it.
        self.assertEqual([], self.command("verify")()["faults"])
        self.home.stop()
        self.archives()
        found = {}
        lines = self.watch.entries()
        for name, before, end in self.spans:
            kinds = found.setdefault(name, set())
            kinds |= asked_for(line for line in lines if before < line["entry"] <= end)
        self.elsewhere(found)
        self.maxDiff = None
        self.assertEqual({n: sorted(k) for n, k in self.promised.items() if n != "the server, by itself"},
                         {n: sorted(k) for n, k in found.items()})
        self.complete(lines)

    def complete(self, lines):
        """Each entry says who, from where, what, how it ended and, where it did not end well, why."""
        for line in lines:
            where = f"entry {line['entry']}: {line['event']}"
            self.assertIn("action", line, where)
            self.assertIn("outcome", line, where)
            if line["outcome"] != "success":
                self.assertTrue(line.get("reason"), where)
            if line["event"] in ("read", "vread", "history", "search", "create", "update", "delete", "batch", "transaction"):
                for member in ("actor", "source", "request"):
                    self.assertTrue(line.get(member), f"{where} without {member}")
                self.assertTrue(line.get("session") or line.get("client"), where)
            if line["event"] in ("read", "vread", "create", "update", "delete"):
                self.assertTrue(line.get("record"), where)

    def commands_on_accounts(self):
        for name, role in [("ada", "clinician"), ("bob", "clinician"), ("cyd", "clinician"), ("dan", "clinician"), ("aud", "auditor"),
                           ("adm", "administrator"), ("ade", "administrator"), ("adf", "administrator"), ("eve", "clinician"),
                           ("gone", "clinician"), ("many", "clinician"), ("wrong", "clinician"), ("pat", "clinician"), ("two", "clinician"),
                           ("held", "clinician"), ("adx", "administrator")]:
            self.place("ward user add", lambda: self.home.add(name, role))
        table = os.path.join(self.home.folder, "people.csv")
        with open(table, "w") as file:
            file.write("name,role,fhir_user\nivy,clinician,Practitioner/ivy\n")
        self.place("ward user invite", self.command("user", "invite", "hal", "--role", "clinician"))
        self.place("ward user import", self.command("user", "import", table))
        self.place("ward user list", self.command("user", "list"))
        self.place("ward user disable", self.command("user", "disable", "gone"))
        self.place("ward user enable", self.command("user", "enable", "gone"))
        self.place("ward user role", self.command("user", "role", "gone", "auditor"))
        self.place("ward user require-passkey", self.command("user", "require-passkey", "gone"), self.command("user", "require-passkey", "gone", "--off"))
        self.place("ward user link", self.command("user", "link", "ada", "Practitioner/ada"))
        self.place("ward user reset", self.command("user", "reset", "gone", "--second-factor"))
        key = ECKey.generate_key("P-384", parameters={"kid": "e", "use": "sig"})
        keys = os.path.join(self.home.folder, "keys.json")
        with open(keys, "w") as file:
            json.dump({"keys": [key.as_dict(private=False)]}, file)
        made = []
        self.place("ward client add", lambda: made.extend(self.command(
            "client", "add", "backend", "--kind", "backend", "--scope", "system/Patient.rs", "--jwks", keys)()))
        self.place("ward client list", self.command("client", "list"))
        self.place("ward client approve", self.command("client", "approve", made[0]["client_id"]))
        self.place("ward client disable", self.command("client", "disable", made[0]["client_id"]))
        self.command("client", "approve", made[0]["client_id"])()
        self.key, self.backend = key, made[0]["client_id"]
        self.app = self.command("client", "add", "app", "--kind", "app", "--scope", "launch openid offline_access launch/patient patient/*.rs",
                                "--redirect-uri", REDIRECT, "--launch-url", "https://app.example/launch", "--approve")()[0]["client_id"]

    def another_passphrase(self):
        path = os.path.join(self.home.folder, "another-passphrase")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write("another passphrase of this home\n")
        return path

    def commands_on_keys_and_log(self):
        self.place("ward keys status", self.command("keys", "status"))
        self.place("ward keys rotate", self.command("keys", "rotate", "root"), self.command("keys", "rotate", "kek"))
        self.place("ward keys rewrap", self.command("keys", "rewrap"))
        self.place("ward keys migrate", self.command("keys", "migrate", "--to", "file"))
        self.place("ward keys passphrase", self.command("keys", "passphrase", "--new-passphrase-file", self.another_passphrase()))
        self.place("ward verify", self.command("verify"))
        self.place("ward index status", self.command("index", "status"))
        self.place("ward index estimate", self.command("index", "estimate"))
        self.place("ward index rebuild", self.command("index", "rebuild"))
        self.place("ward audit verify", self.command("audit", "verify"))
        self.place("ward audit show", self.command("audit", "show"))
        self.place("ward audit ask", self.command("audit", "ask", "denied"))
        self.place("ward audit hold add", self.command("audit", "hold", "add", "case-7"))
        self.place("ward audit hold list", self.command("audit", "hold", "list"))
        self.place("ward audit hold lift", self.command("audit", "hold", "lift", "case-7", "--reason", "matter-closed"))
        self.place("ward audit export", self.command("audit", "export", "--format", "csv", "--into", os.path.join(self.home.folder, "log.csv")))
        for name, arguments in [("ward audit events", ["audit", "events"]), ("ward log scan", ["log", "scan", self.home.home + "/ward.yaml"])]:
            self.place(name, lambda: subprocess.run([WARD, *arguments], check=True, capture_output=True))

    def archives(self):
        archive = os.path.join(self.home.folder, "archive")
        env = {"WARD_AUDIT_SHIP_FOLDER": archive}
        self.place("ward audit ship", lambda: ward("audit", "ship", home=self.home.home, env=env))

        def lost():
            for path in glob.glob(self.home.home + "/audit/*"):
                os.remove(path)

        def rebuilt():
            lost()
            ward("audit", "restore", home=self.home.home, env=env)

        self.place("ward audit restore", rebuilt)
        key = ward("audit", "proof", "0", home=self.home.home)[1]["key"]
        copy = ["audit", "archive", "--log", self.home.home + "/audit", "--key", key, "--into", archive + "-2"]
        self.home.serve()
        self.place("ward audit archive", lambda: subprocess.run([WARD, *copy], check=True, capture_output=True))
        self.home.stop()
        subprocess.run(["chattr", "-R", "-i", archive, archive + "-2"], capture_output=True)

    def serving(self):
        self.place("ward serve", self.home.serve, lambda: self.assertEqual(0, self.home.stop()))
        anchor = os.path.join(self.home.home, "data", "audit-anchor")
        self.place("ward audit accept", lambda: os.remove(anchor), self.command("audit", "accept", "anchor"))
        # With the same configuration nothing is told of it; with another one the key is named.
        before = self.watch.newest()
        self.home.serve()
        self.home.stop()
        with open(self.home.home + "/ward.yaml", "a") as file:
            file.write("\nlimits:\n  page_size: 500\n")
        middle = self.watch.newest()
        self.home.serve()
        lines = {True: [], False: []}
        for line in self.watch.entries():
            if line["entry"] > before and line["event"] == "configuration-change":
                lines[line["entry"] > middle].append(line["details"])
        self.assertEqual({True: [["limits.page_size=1000 to 500"]], False: []}, lines)

    def doors(self):
        self.ada, self.aud = self.home.session("ada"), self.home.session("aud")
        for path in ("/health/live", "/health/ready", "/auth/style.css", "/auth/passkeys.js", "/auth/sign-in",
                     "/auth/jwks", "/.well-known/oauth-authorization-server", "/fhir/.well-known/smart-configuration", "/fhir/metadata"):
            self.place("GET " + path, self.http("GET", path))
        self.place("GET /metrics", self.http("GET", "/metrics", self.aud), self.http("GET", "/metrics", self.ada, 403))
        name = "any path that asks for a session"
        for place in self.promised:
            method, _, path = place.partition(" ")
            if path.startswith("/") and self.asks(path):
                path = path.replace("{type}", "Patient").replace("{question}", "denied").replace("{", "").replace("}", "")
                self.place(name, self.http(method, path, status=401))

    @staticmethod
    def asks(path):
        opened = ("/health/", "/auth/style.css", "/auth/passkeys.js", "/auth/account", "/auth/sign-in", "/auth/external", "/auth/leave", "/auth/activate", "/auth/authorize", "/auth/register", "/auth/token",
                  "/auth/introspect", "/auth/revoke", "/auth/jwks", "/.well-known/", "/fhir/.well-known/", "/fhir/metadata")
        return not path.startswith(opened)

    def accounts(self):
        sign_in = "POST /auth/sign-in"
        self.place(sign_in, lambda: self.assertEqual(200, self.home.sign_in("dan").status_code))
        self.place(sign_in, lambda: self.assertEqual(401, self.home.sign_in("dan", code="000000").status_code))

        def wrong():
            for _ in range(12):
                self.assertIn(self.home.sign_in("wrong", password="Wrong-Horse-77").status_code, (401, 429))
        self.place(sign_in, wrong)

        # By a browser that is signed in already.
        twice = Browser(self.home, "two").session
        again = self.fresh(self.home.session("two"), "two")
        enter = lambda code: twice.post(self.home.url + "/auth/sign-in", timeout=600, data={
            "name": "two", "password": self.home.users["two"]["password"], "code": code})
        self.assertEqual(200, enter(again[0]).status_code)
        self.place(sign_in, lambda: self.assertEqual(200, enter(again[1]).status_code))

        # From another network of this machine than all others.
        away = requests.Session()
        away.mount("https://", Away())
        user = self.home.users["dan"]
        given = {"name": "dan", "password": user["password"], "code": one_time_code(user["totp_uri"], time.time() + 30)}
        self.place(sign_in, lambda: self.assertEqual(200, away.post(
            self.home.url + "/auth/sign-in", json=given, verify=self.home.authority, timeout=600).status_code))
        session = self.home.session("cyd")
        codes = []
        self.place("POST /auth/recovery-codes",
                   self.http("POST", "/auth/recovery-codes", session, 403, json={"code": "000000"}),
                   lambda: codes.extend(self.fresh(session)))
        self.place(sign_in, lambda: self.assertEqual(200, self.home.sign_in("cyd", code=codes[0]).status_code))
        # As many sessions as one may have, and one more.
        many = self.home.session("many")
        spare = self.fresh(many, "many")
        self.place(sign_in, *[lambda code=code: self.assertEqual(200, self.home.sign_in("many", code=code).status_code) for code in spare[:9]])
        listed = session.get(self.home.url + "/auth/sessions").json()["sessions"]
        other = next(s["id"] for s in listed if not s["is_current"])
        self.place("GET /auth/sessions", self.http("GET", "/auth/sessions", session))
        self.place("POST /auth/sessions/end", self.http("POST", "/auth/sessions/end", session, 204, json={"session": other}))
        change = {"current": self.home.users["cyd"]["password"], "new": "Another-Horse-8"}
        self.place("POST /auth/password", self.http("POST", "/auth/password", session, 403, json={**change, "current": "wrong"}),
                   self.http("POST", "/auth/password", session, json=change))
        self.place("ward user sessions", self.command("user", "sessions", "many"), self.command("user", "sessions", "many", "--end-all"))
        # Behind the link of a reset: a wrong code, a recovery code, and what is chosen.
        reset = self.command("user", "reset", "many")()["link"].split("=")[1]
        choice = {"invitation": reset, "view": "", "password": "Another-Horse-8", "repeat": "Another-Horse-8"}
        self.place("POST /auth/activate", self.http("POST", "/auth/activate", status=422, data={**choice, "code": "000000"}),
                   self.http("POST", "/auth/activate", data={**choice, "code": spare[9]}))
        bob = self.home.session("bob")
        self.place("POST /auth/sign-out", self.http("POST", "/auth/sign-out", bob, 204))
        invitation = self.command("user", "invite", "ian", "--role", "clinician")()["link"].split("=")[1]
        page = requests.get(f"{self.home.url}/auth/activate?invitation={invitation}", verify=self.home.authority)
        uri = re.search(r"otpauth://[^\"<]+", page.text).group(0).replace("&amp;", "&")
        form = {"invitation": invitation, "view": re.search(r'name="view" value="([^"]+)"', page.text).group(1), "password": "Correct-Horse-7", "repeat": "Correct-Horse-7", "code": one_time_code(uri)}
        self.place("GET /auth/activate", self.http("GET", "/auth/activate?invitation=" + invitation))
        self.place("POST /auth/activate", self.http("POST", "/auth/activate", data=form),
                   self.http("POST", "/auth/activate", status=404, data=form))

    def own_account(self):
        session = self.home.session("pat")
        codes = self.fresh(session, "pat")
        stepped = []
        self.place("POST /auth/step-up", self.http("POST", "/auth/step-up", session, 403, json={"code": "000000"}),
                   lambda: stepped.append(self.http("POST", "/auth/step-up", session, json={"code": codes[0]})().json()["token"]))
        session.headers["Authorization"] = "Bearer " + stepped[0]
        other = session.get(self.home.url + "/auth/sessions").json()["sessions"][0]["id"]
        browser, account = Browser(self.home, "pat").session, self.home.url + "/auth/account"
        page = browser.post(self.home.url + "/auth/sign-in", timeout=600, data={
            "name": "pat", "password": self.home.users["pat"]["password"], "code": codes[1], "continue": "/auth/account"})
        self.assertEqual(account, page.url)
        form = {"form_token": re.search(r'name="form_token" value="([0-9a-f]{64})"', page.text).group(1)}

        def change(status, **fields):
            answer = browser.post(account + "/change", data={**form, **fields}, allow_redirects=False, timeout=600)
            self.assertEqual(status, answer.status_code, answer.text)
        self.held_back()
        self.place("GET /auth/notices", self.http("GET", "/auth/notices", session))
        self.place("GET /auth/account", lambda: browser.get(account, timeout=600))
        self.place("POST /auth/account/change", lambda: change(422, action="confirm", code="000000"), lambda: change(303, action="end", id=other),
                   lambda: change(303, action="confirm", code=codes[2]))

    def held_back(self):
        """The same failures hold an account back at whatever door: the fifth for a second, each further one for twice as long."""
        session = self.home.session("held")
        browser = Browser(self.home, "held")
        form = browser.fields(browser.open(self.home.url + "/auth/account"))
        wrong = {"current": "Wrong-Horse-77", "new": "Another-Horse-8"}
        self.place("POST /auth/password", *[self.http("POST", "/auth/password", session, 403, json=wrong) for _ in range(5)])
        time.sleep(1.5)
        self.place("POST /auth/recovery-codes", self.http("POST", "/auth/recovery-codes", session, 403, json={"code": "000000"}))
        time.sleep(2.5)
        self.place("POST /auth/step-up", self.http("POST", "/auth/step-up", session, 403, json={"code": "000000"}))
        time.sleep(4.5)
        self.place("POST /auth/account/change", lambda: self.assertEqual(422, browser.session.post(
            self.home.url + "/auth/account/change", timeout=600, data={**form, "action": "confirm", "code": "000000"}).status_code))
        link = self.command("user", "reset", "held")()["link"].split("=")[1]
        choice = {"invitation": link, "view": "", "password": "Another-Horse-8", "repeat": "Another-Horse-8", "code": "000000"}
        self.place("POST /auth/activate", *[self.http("POST", "/auth/activate", status=422, data=choice) for _ in range(5)])

    def fresh(self, session, name="cyd"):
        """Recovery codes, by a one-time code that was not used yet."""
        for wait, early in [(0, 0), (0, 30), (31, 0)]:
            time.sleep(wait)
            answer = requests.post(self.home.url + "/auth/recovery-codes", verify=self.home.authority, headers=dict(session.headers),
                                   json={"code": one_time_code(self.home.users[name]["totp_uri"], time.time() + early)})
            if answer.status_code == 200:
                return answer.json()["recovery_codes"]
        raise AssertionError(answer.status_code)

    def assertion(self, audience):
        return private_key_jwt_sign(self.key, self.backend, audience, alg="ES384", header={"kid": "e"},
                                    claims={"jti": str(uuid.uuid4()), "exp": int(time.time()) + 240})

    def applications(self):
        token_url = self.home.url + "/auth/token"
        self.place("POST /auth/register", self.http("POST", "/auth/register", status=201, json={
            "client_name": "asks", "redirect_uris": [REDIRECT], "grant_types": ["authorization_code"], "token_endpoint_auth_method": "none",
            "scope": "launch/patient patient/Patient.rs"}))
        made = self.ada.post(self.home.url + "/fhir/Patient", json={"resourceType": "Patient", "name": [{"family": "Launch"}]}).json()["id"]
        self.place("POST /auth/launch", self.http("POST", "/auth/launch", self.ada, json={"client": self.app, "patient": made}))
        browser = Browser(self.home, "bob")
        query = {"response_type": "code", "client_id": self.app, "redirect_uri": REDIRECT, "scope": "openid offline_access launch/patient patient/*.rs",
                 "state": "s-1", "aud": self.home.url + "/fhir", "code_challenge": create_s256_code_challenge(VERIFIER), "code_challenge_method": "S256"}
        url = requests.Request("GET", self.home.url + "/auth/authorize", params=query).prepare().url
        page = browser.open(url)
        self.place("GET /auth/authorize", lambda: browser.open(url))
        answers = []
        self.place("POST /auth/authorize",
                   lambda: answers.append(browser.answer(page, decision="find", find="Launch")),
                   lambda: answers.append(browser.answer(answers[0], decision="allow", patient=made)))
        code = parse_qs(urlsplit(answers[1].headers["Location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "client_id": self.app, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
        tokens = []
        self.place("POST /auth/token",
                   lambda: tokens.append(self.http("POST", "/auth/token", data=form)().json()),
                   self.http("POST", "/auth/token", status=400, data=form))
        client = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        own = requests.post(token_url, verify=self.home.authority, data={
            **client, "client_assertion": self.assertion(token_url), "grant_type": "client_credentials", "scope": "system/Patient.rs"}).json()
        self.place("POST /auth/introspect",
                   lambda: self.http("POST", "/auth/introspect", data={
                       **client, "client_assertion": self.assertion(token_url), "token": own["access_token"]})(),
                   self.http("POST", "/auth/introspect", status=401, data={**client, "client_assertion": "x.y.z", "token": "x"}))
        self.place("POST /auth/revoke",
                   lambda: self.http("POST", "/auth/revoke", data={
                       **client, "client_assertion": self.assertion(token_url), "token": own["access_token"]})(),
                   self.http("POST", "/auth/revoke", status=401, data={**client, "client_assertion": "x.y.z", "token": "x"}))
        self.access(browser, url, made)
        self.place("POST /auth/leave", lambda: self.leave(browser, page))

    def access(self, browser, url, patient):
        """What a person let an application do is seen and ended: by a program of theirs, and by an administrator."""
        bob = self.home.session("bob")
        # What waits for its tokens is one too; it lives a minute, so further ones are allowed as they are needed.
        def allowed():
            page = browser.answer(browser.open(url), decision="find", find="Launch")
            self.assertEqual(303, browser.answer(page, decision="allow", patient=patient).status_code)
            return bob.get(self.home.url + "/auth/grants").json()["grants"][0]["id"]
        self.place("GET /auth/grants", self.http("GET", "/auth/grants", bob))
        grant = allowed()
        self.place("POST /auth/grants/end", self.http("POST", "/auth/grants/end", bob, 204, json={"grant": grant}))
        grant = allowed()
        self.place("ward user grants", self.command("user", "grants", "bob"), self.command("user", "grants", "bob", "--end", grant))

    def leave(self, browser, page):
        answer = browser.session.post(self.home.url + "/auth/leave", data=browser.fields(page), timeout=600)
        self.assertEqual(200, answer.status_code)

    def records(self):
        patient, basic = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "one"}]}, {"resourceType": "Basic", "code": {"text": "x"}}
        made = self.http("POST", "/fhir/Patient", self.ada, 201, json={**patient, "identifier": [{"system": "urn:x", "value": "made"}]})().json()["id"]
        one = f"/fhir/Patient/{made}"

        def both(method, path, status=200, **fields):
            """Somebody who may, and somebody who may not."""
            return [self.http(method, path, self.ada, status, **fields), self.http(method, path, self.aud, 403, **fields)]
        self.place("POST /fhir/{type}", *both("POST", "/fhir/Patient", 201, json=patient), self.http("POST", "/fhir/Patient", self.ada, 400, json={
            "resourceType": "Patient", "unknown": 1}), self.http("POST", "/fhir/Patient", self.ada, json=patient, headers={"If-None-Exist": "identifier=urn:x|made"}))
        self.place("GET /fhir/{type}/{id}", *both("GET", one), self.http("GET", "/fhir/Patient/none", self.ada, 404))
        self.place("GET /fhir/{type}/{id}/_history/{version}", *both("GET", one + "/_history/1"))
        self.place("GET /fhir/{type}/{id}/_history", *both("GET", one + "/_history"))
        self.place("GET /fhir/{type}", *both("GET", "/fhir/Patient"), self.http("GET", "/fhir/Patient?unknown=1", self.ada, 400))
        self.place("POST /fhir/{type}/_search", *both("POST", "/fhir/Patient/_search", data={"gender": "female"}))
        self.place("PUT /fhir/{type}/{id}", *both("PUT", one, json={**patient, "id": made, "active": True}),
                   self.http("PUT", "/fhir/Patient/made-by-put", self.ada, 201, json={**patient, "id": "made-by-put"}))
        entries = [("GET", f"Patient/{made}"), ("GET", f"Patient/{made}/_history/1"), ("GET", f"Patient/{made}/_history"), ("GET", "Patient?gender=female"),
                   ("POST", "Patient"), ("PUT", f"Patient/{made}"), ("DELETE", f"Patient/{made}")]
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": [
            {"request": {"method": method, "url": url}, **({"resource": {**patient, **({"id": made} if method == "PUT" else {})}} if method in ("POST", "PUT") else {})}
            for method, url in entries]}
        transaction = {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "POST", "url": "Basic"}, "resource": basic}]}
        self.place("POST /fhir", self.http("POST", "/fhir", self.ada, json=bundle), self.http("POST", "/fhir", self.ada, json=transaction),
                   self.http("POST", "/fhir", self.aud, 403, json=transaction), self.http("POST", "/fhir", self.ada, 400, json={"resourceType": "Bundle"}))
        self.place("DELETE /fhir/{type}/{id}", *both("DELETE", "/fhir/Patient/made-by-put", 204))
        self.place("any other path below /fhir", self.http("GET", "/fhir/Patient/a/b/c/d", self.ada, 404), self.http("POST", "/fhir/$nothing", self.ada, 404))

    def order(self, name, *arguments, wrong=False):
        """A command that somebody signs in for."""
        file = os.path.join(self.home.folder, "password-of-" + name)
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(self.home.users[name]["password"])
        return lambda: self.command(
            "keys", *arguments, "--name", name, "--password-file", file,
            "--code", "000000" if wrong else one_time_code(self.home.users[name]["totp_uri"], time.time() + self.early.pop(name, 30)),
            code=2 if wrong or name == "eve" else 0)()

    def shredding(self):
        made = self.http("POST", "/fhir/Patient", self.ada, 201, json={"resourceType": "Patient"})().json()["id"]
        patient = ["--patient", "Patient/" + made, "--reason", "r"]
        # Each signs in twice at the most: with the code of now, and then with the next one.
        self.early = {"adm": 0, "ade": 0, "adf": 0, "eve": 0}
        self.place("ward keys hold", self.order("adm", "hold", *patient), self.order("eve", "hold", *patient),
                   self.order("ade", "hold", *patient, wrong=True),
                   self.order("adm", "hold", "--release", "Patient/" + made))
        # The fifth failure holds an account back for a second, and each further one for longer.
        self.place("ward keys shred", *[self.order("adx", "shred", *patient, wrong=True) for _ in range(5)])
        time.sleep(1.5)
        self.place("ward keys hold", self.order("adx", "hold", *patient, wrong=True))
        asked = []
        self.place("ward keys shred", lambda: asked.append(self.order("ade", "shred", *patient)()), self.order("eve", "shred", *patient),
                   self.order("ada", "shred", *patient, wrong=True))
        second = self.order("adf", "shred", "--confirm", asked[0]["id"])
        self.place("ward keys shred", second)

    def the_log(self):
        self.place("GET /api/audit/{question}", self.http("GET", "/api/audit/denied", self.aud), self.http("GET", "/api/audit/denied", self.ada, 403))
        searched = self.http("GET", "/fhir/AuditEvent?_count=1", self.aud)
        entry = searched().json()["entry"][0]["resource"]["id"]
        self.place("GET /fhir/AuditEvent", searched, self.http("GET", "/fhir/AuditEvent", self.ada, 403))
        self.place("GET /fhir/AuditEvent/{id}", self.http("GET", "/fhir/AuditEvent/" + entry, self.aud),
                   self.http("GET", "/fhir/AuditEvent/" + entry, self.ada, 403))
        self.place("POST /fhir/AuditEvent/_search", self.http("POST", "/fhir/AuditEvent/_search", self.aud, data={"_count": "1"}),
                   self.http("POST", "/fhir/AuditEvent/_search", self.ada, 403, data={"_count": "1"}))
        version = f"/fhir/AuditEvent/{entry}/_history/1"
        self.place("GET /fhir/AuditEvent/{id}/_history/{version}", self.http("GET", version, self.aud), self.http("GET", version, self.ada, 403))
        self.place("any other interaction with /fhir/AuditEvent", self.http("GET", f"/fhir/AuditEvent/{entry}/_history", self.aud, 405),
                   self.http("DELETE", "/fhir/AuditEvent/" + entry, self.aud, 405),
                   self.http("POST", "/fhir/AuditEvent", self.aud, 405, json={"resourceType": "AuditEvent"}),
                   self.http("POST", "/fhir/AuditEvent", self.ada, 405, json={"resourceType": "AuditEvent"}),
                   self.http("DELETE", "/fhir/AuditEvent/" + entry, self.ada, 405),
                   self.http("PUT", "/fhir/AuditEvent/" + entry, self.aud, 405, json={"resourceType": "AuditEvent", "id": entry}))
        self.place("POST /fhir", self.http("POST", "/fhir", self.aud, 403, json={"resourceType": "Bundle", "type": "batch", "entry": [
            {"request": {"method": "GET", "url": "AuditEvent/" + entry}}]}))
        self.place("ward audit proof", lambda: self.signed(entry), self.command("audit", "proof", entry))

    def signed(self, entry):
        """An entry can be proved once a checkpoint covers it."""
        end = time.time() + 60
        while ward("audit", "proof", entry, home=self.home.home, check=False)[0] != 0:
            self.assertLess(time.time(), end)
            time.sleep(0.2)

    def elsewhere(self, found):
        """What works on a home of its own, on none, or on one whose clock moves."""
        folder = tempfile.mkdtemp(prefix="ward-events-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run([WARD, "demo", "--patients", "2", "--home", folder + "/demo", "--output", "json"], check=True, capture_output=True)
        _, lines, _ = ward("audit", "show", "--last", "10000", home=folder + "/demo")
        found["ward demo"] = {line["event"] for line in lines[:-1]} - BY_ITSELF | {
            line["event"] for line in lines[-1:] if line["event"] != "log-read"}
        # A witness has no audit log, and loading is a client like any other.
        for arguments in (["witness", "init", "--name", "w.example/ward"], ["witness", "show"]):
            ward(*arguments, home=folder + "/witness")
            self.assertEqual([], glob.glob(folder + "/witness/**/audit.db", recursive=True))
        for name in ("ward witness init", "ward witness show", "ward witness trust", "ward witness serve", "ward load"):
            found[name] = set()
        self.by_the_provider(found)
        self.assertTrue(os.path.exists(FAKE_TIME), "the Debian package faketime is not here: script/bootstrap --test")
        # What is removed is seven years old by then.
        with Home() as home:
            later = {"LD_PRELOAD": FAKE_TIME, "FAKETIME": "+2600d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            _, before, _ = ward("audit", "show", home=home.home, env=later, under=["/usr/bin/env"])
            ward("audit", "expire", home=home.home, env=later, under=["/usr/bin/env"])
            _, lines, _ = ward("audit", "show", home=home.home, env=later, under=["/usr/bin/env"])
            found["ward audit expire"] = {line["event"] for line in lines if line["entry"] > before[-1]["entry"]} - BY_ITSELF
        with Home() as home:
            home.add("ada", "clinician")
            shift = os.path.join(home.folder, "shift")
            with open(shift, "w") as f:
                f.write("+0")
            home.serve(under=["/usr/bin/env"], env={
                "LD_PRELOAD": FAKE_TIME, "FAKETIME_TIMESTAMP_FILE": shift, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
            session = home.session("ada")
            with open(shift, "w") as f:
                f.write("+20m")
            self.assertEqual(401, session.get(home.url + "/fhir/Patient").status_code)
            home.kill()
            done = subprocess.run(["/usr/bin/env", WARD, "audit", "show", "--output", "json", "--home", home.home], capture_output=True, check=True,
                                  env={**os.environ, "LD_PRELOAD": FAKE_TIME, "FAKETIME": "+21m"})
            found["any path that asks for a session"] |= {line["event"] for line in json.loads(done.stdout)} & {"time-out"}


    def by_the_provider(self, found):
        """On a home that has the organisation's provider."""
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            home.stop()
            provider = Provider(home.home + "/tls")
            self.addCleanup(provider.stop)
            home.serve(env=provider.environment)
            watch = Watch(home)

            def place(name, *actions):
                before = watch.newest()
                for action in actions:
                    action()
                end = watch.newest()
                found.setdefault(name, set()).update(
                    asked_for(line for line in watch.entries() if before < line["entry"] <= end))

            def sign_in(subject, status=200, source=None, **claims):
                provider.person(subject, amr=["mfa"], **claims)
                self.assertEqual(status, Visitor(home, source).sign_in(subject).status_code)
            place("ward user external", lambda: ward("user", "external", "ada", "--subject", "s-1", home=home.home))
            place("GET /auth/external/return", *[lambda: sign_in("s-1") for _ in range(9)], lambda: sign_in("s-2", 403),
                  lambda: sign_in("s-3", groups=["ward-clinicians"], preferred_username="cyd"),
                  lambda: sign_in("s-3", groups=["ward-admins"], preferred_username="cyd"), lambda: self.away(home, provider))

            def wrong():
                # The bucket refills meanwhile.
                for _ in range(400):
                    visitor = Visitor(home)
                    visitor.session.cookies.set("__Host-ward-external", "0" * 64 + ".", domain="127.0.0.1", secure=True)
                    if visitor.session.get(home.url + "/auth/external/return?state=x", timeout=600).status_code == 429:
                        return
                raise AssertionError("no address is held back")
            place("GET /auth/external", wrong)
            self.assertEqual({"sign-in-failed"}, found["GET /auth/external"])

    def away(self, home, provider):
        """The way back, from another network than the way there."""
        end = time.time() + Visitor.patience
        while True:
            visitor = Visitor(home)
            address = visitor.return_as("s-1", visitor.begin())
            visitor.session.mount(home.url, Away())
            status = visitor.session.get(address, timeout=600).status_code
            if status != 503 or time.time() > end:
                break
        self.assertEqual(200, status)


class Document(unittest.TestCase):
    def test_the_table_is_that_of_the_program(self):
        table = subprocess.run([WARD, "audit", "events", "--markdown"], capture_output=True, text=True, check=True).stdout.strip()
        with open(DOCUMENT) as file:
            text = file.read()
        self.assertIn("<!-- events -->\n" + table + "\n<!-- end of events -->", text,
                      "put the output of `ward audit events --markdown` between the marks in docs/safeguards/audit.md")


if __name__ == "__main__":
    unittest.main()
