"""A home of its own for a test: made, served, signed in to, and gone afterwards."""
import base64, hashlib, hmac, html, json, os, re, shutil, signal, struct, subprocess, tempfile, time
import requests

# An authority that the machine sets for every client would go over the one of the home.
for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
    os.environ.pop(variable, None)

WARD = os.environ.get("PROGRAM_UNDER_TEST", "ward")


def ward(*arguments, home=None, check=True, env=None, timeout=600, under=()):
    """Runs a command; returns (exit code, JSON or None, standard error)."""
    command = [*under, WARD, *arguments, "--output", "json"] + (["--home", home] if home else [])
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env={**os.environ, **(env or {})})
    value = json.loads(done.stdout) if done.stdout.strip() else None
    if check and done.returncode != 0:
        raise AssertionError(f"{arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.returncode, value, done.stderr


def one_time_code(uri, at=None):
    """RFC 6238, as an authenticator app does it."""
    secret = re.search(r"secret=([A-Z2-7]+)", uri).group(1)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def activate(url, link, authority, password="Correct-Horse-7", code=None):
    """What a person does behind a link: the address of the app, and the answer to the form."""
    token = link.split("invitation=")[1]
    page = requests.get(f"{url}/auth/activate?invitation={token}", verify=authority, timeout=600)
    found = re.search(r"otpauth://[^\"<]+", page.text)
    uri = html.unescape(found.group(0)) if found else None
    view = re.search(r'name="view" value="([^"]+)"', page.text)
    return uri, requests.post(url + "/auth/activate", verify=authority, timeout=600, data={
        "invitation": token, "view": view.group(1) if view else "", "password": password, "repeat": password,
        "code": code or one_time_code(uri)})


class Home:
    """A development home in a temporary folder; further arguments and variables go to `ward init`."""

    def __init__(self, environment="development", arguments=(), env=None):
        self.folder = tempfile.mkdtemp(prefix="ward-test-")
        self.home = os.path.join(self.folder, "home")
        self.process = None
        self.log = os.path.join(self.folder, "serve.log")
        self.users = {}
        ward("init", "--environment", environment, *arguments, home=self.home, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def authority(self):
        return os.path.join(self.home, "tls", "ca.pem")

    @classmethod
    def with_auditor(cls):
        """A home that is served, and the sessions of ada, a clinician, and of aud, an auditor."""
        home = cls()
        try:
            for name, role in [("ada", "clinician"), ("aud", "auditor")]:
                home.add(name, role)
            home.serve()
            return home, home.session("ada"), home.session("aud")
        except BaseException:
            home.__exit__()
            raise

    def add(self, name, role):
        _, user, _ = ward("user", "add", name, "--role", role, home=self.home)
        self.users[name] = user
        return user

    def serve(self, *flags, env=None, under=()):
        self.process = subprocess.Popen(
            [*under, WARD, "serve", "--home", self.home, "--port", "0", *flags],
            stdout=subprocess.PIPE, stderr=open(self.log, "ab"), env={**os.environ, **(env or {})})
        line = self.process.stdout.readline().decode()
        if not line.startswith("ready https://"):
            self.process.wait(10)
            raise AssertionError(f"serve did not get ready, exit code {self.process.returncode}")
        self.url = line.split()[1]
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process = None
        return code

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def sign_in(self, name, password=None, code=None):
        user = self.users[name]
        return requests.post(
            self.url + "/auth/sign-in", verify=self.authority, timeout=600,
            json={"name": name, "password": password or user["password"], "code": code or one_time_code(user["totp_uri"])})

    def session(self, name):
        """A requests session that is signed in. A code works once; the next one is taken early, else this waits for it."""
        answer = self.sign_in(name)
        for wait, early in [(False, 30), (True, 0), (False, 30)]:
            if answer.status_code != 401:
                break
            if wait:
                time.sleep(30 - time.time() % 30 + 0.2)
            answer = self.sign_in(name, code=one_time_code(self.users[name]["totp_uri"], time.time() + early))
        assert answer.status_code == 200, answer.status_code
        session = requests.Session()
        session.verify = self.authority
        session.headers["Authorization"] = "Bearer " + answer.json()["token"]
        session.token = answer.json()["token"]
        return session


def volumes():
    """Folders on volumes of their own, that of the temporary folders first."""
    found = {}
    for path in (tempfile.gettempdir(), "/dev/shm", f"/run/user/{os.getuid()}", "/run", "/mnt", "/var/tmp", "/dev"):
        if os.path.isdir(path) and os.access(path, os.W_OK):
            found.setdefault(os.stat(path).st_dev, path)
    return list(found.values())


# A production home keeps its keys apart from the records, and their passphrase apart from both.
APART, SECRET = (volumes() + [None, None])[1:3]


def has_volumes_apart():
    return SECRET is not None


class ProductionHome(Home):
    """A production home, its keys on a volume of their own. Its certificate, which it does not make for itself, is that of a development home."""

    def __init__(self):
        self.aside, self.invited = Home(), {}
        self.keys = tempfile.mkdtemp(prefix="ward-keys-", dir=APART)
        self.secret = tempfile.mkdtemp(prefix="ward-secret-", dir=SECRET)
        passphrase = os.path.join(self.secret, "passphrase")
        with open(os.open(passphrase, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(os.urandom(24).hex() + "\n")
        super().__init__("production", ("--keys-folder", os.path.join(self.keys, "keys"), "--passphrase-file", passphrase))
        with open(os.path.join(self.home, "ward.yaml"), "a") as f:
            f.write(f"\ntls:\n  certificate: {self.aside.home}/tls/cert.pem\n  key: {self.aside.home}/tls/key.pem\n")

    def add(self, name, role):
        """People of such a home are invited; they open their accounts once it is served."""
        assert ward("user", "add", name, "--role", role, home=self.home, check=False)[0] != 0, "nobody knows another's password"
        self.invited[name] = ward("user", "invite", name, "--role", role, home=self.home)[1]["link"]

    def serve(self, *flags, **fields):
        super().serve(*flags, **fields)
        for name, link in self.invited.items():
            uri, done = activate(self.url, link, self.authority)
            assert done.status_code == 200, done.text
            self.users[name] = {"password": "Correct-Horse-7", "totp_uri": uri}
        self.invited = {}
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.aside.__exit__()
        shutil.rmtree(self.keys, ignore_errors=True)
        shutil.rmtree(self.secret, ignore_errors=True)

    @property
    def authority(self):
        return self.aside.authority


def restarted(home, name):
    """Serves a home again and gives a session."""
    home.serve()
    return home.session(name)
