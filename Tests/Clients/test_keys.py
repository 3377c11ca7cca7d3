"""Keys in a key service, rotated and moved while the home is served, and killed on the way."""
import glob, os, pty, resource, shutil, signal, socket, subprocess, sys, tempfile, threading, time, unittest
import requests
import verify_log
from kms import KMS
from home import APART, SECRET, WARD, Home, has_volumes_apart, ward

FAKE_TIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")
MODULE = "/usr/lib/softhsm/libsofthsm2.so"


class Token:
    """A token of SoftHSM2 in a folder of its own."""

    def __init__(self, folder):
        os.makedirs(folder + "/tokens")
        with open(folder + "/softhsm2.conf", "w") as f:
            f.write(f"directories.tokendir = {folder}/tokens\n")
        self.env = {"SOFTHSM2_CONF": folder + "/softhsm2.conf"}
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "ward", "--so-pin", "so-pin-1", "--pin", "user-pin"],
            check=True, capture_output=True, env={**os.environ, **self.env})
        self.pin = folder + "/pin"
        with open(os.open(self.pin, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("user-pin\n")
        self.arguments = ["--pkcs11-module", MODULE, "--pkcs11-token", "ward", "--pkcs11-pin-file", self.pin]


def passing_module(folder):
    """A module that passes everything on to SoftHSM (module.c), compiled into a folder."""
    path = folder + "/module.so"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "module.c")
    subprocess.run([shutil.which("clang") or "cc", "-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"], check=True)
    return path


def wrappers(home, **options):
    _, status, _ = ward("keys", "status", home=home.home, **options)
    return {key["wrapped_by"] for key in status["keys"] if "wrapped_by" in key}, status


@unittest.skipUnless(os.path.exists(MODULE), "softhsm2 is not installed: script/bootstrap --test")
class InAToken(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ward-token-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.token = Token(self.folder)

    def test_a_home_with_its_root_in_a_token(self):
        home = Home(arguments=["--keys", "pkcs11", *self.token.arguments], env=self.token.env)
        with home:
            self.assertFalse(os.path.exists(home.home + "/keys/root.key"))
            self.assertFalse(os.path.exists(home.home + "/keys/passphrase"))
            names, status = wrappers(home, env=self.token.env)
            self.assertEqual({"root/pkcs11/ward/ward-root/1"}, names)
            self.assertEqual(0, status["keys"][0]["age_days"])
            _, change, _ = ward("keys", "rotate", "root", home=home.home, env=self.token.env)
            self.assertEqual(["root/pkcs11/ward/ward-root/1"], change["destroyed"])
            self.assertEqual({"root/pkcs11/ward/ward-root/2"}, wrappers(home, env=self.token.env)[0])
            shutil.rmtree(self.folder + "/tokens")
            os.makedirs(self.folder + "/tokens")
            code, _, words = ward("keys", "status", home=home.home, env=self.token.env, check=False)
            self.assertEqual(2, code)
            self.assertIn("no token with the configured label", words)
            self.assertIn("empty token.object", words)

    def test_nobody_is_in_the_module_when_the_process_ends(self):
        """What a module frees at the end of a process it must not need any more: a session is closed before anybody goes on."""
        module, closing = passing_module(self.folder), self.folder + "/closing"
        with Home(arguments=["--keys", "pkcs11", *self.token.arguments, "--pkcs11-module", module], env=self.token.env) as home:
            ward("keys", "status", home=home.home, env={**self.token.env, "CLOSING": closing})
            with open(closing) as f:
                marks = f.read()
            self.assertIn("BE", marks)
            self.assertEqual(marks.count("B"), marks.count("E"), marks)

    def test_moved_while_served(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve(env=self.token.env)
            session = home.session("ada")
            patient = session.post(home.url + "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
            statuses, done = [], threading.Event()

            def read():
                while not done.is_set():
                    statuses.append(session.get(f"{home.url}/fhir/Patient/{patient}").status_code)

            reader = threading.Thread(target=read)
            reader.start()
            _, change, _ = ward("keys", "migrate", "--to", "pkcs11", *self.token.arguments, home=home.home)
            self.assertEqual(["tenant-1/kek/1", "log/1"], change["rewrapped"])
            _, change, _ = ward("keys", "rotate", "kek", home=home.home)
            self.assertEqual((["tenant-1/kek/2"], ["tenant-1/kek/1"]), (change["made"], change["destroyed"]))
            self.assertEqual(201, session.post(home.url + "/fhir/Patient", json={"resourceType": "Patient"}).status_code)
            done.set()
            reader.join()
            self.assertEqual({200}, set(statuses))
            self.assertEqual({"root/pkcs11/ward/ward-root/1"}, wrappers(home)[0])
            home.kill()
            os.remove(home.home + "/keys/root.key")
            home.serve(env=self.token.env)
            self.assertEqual(200, session.get(f"{home.url}/fhir/Patient/{patient}").status_code)
            home.stop()
            self.assertEqual(0, ward("verify", home=home.home, env=self.token.env)[0])
            self.assertEqual(0, ward("audit", "verify", home=home.home, env=self.token.env)[0])
            # And back, from a home that is not served.
            ward("keys", "migrate", "--to", "file", home=home.home, env=self.token.env)
            self.assertEqual({"file"}, {name.split("/")[1] for name in wrappers(home)[0]})
            _, lines, _ = ward("audit", "show", "--last", "2000", home=home.home)
            # Each of the two migrations and the rotation begins and ends, so does moving data keys; one is to be retired, and is.
            told = [line["details"] for line in lines if line["event"] == "key-change"]
            self.assertEqual(10, len(told), told)
            at = told.index(["what=retire-begins", "key=kek", "destroys=tenant-1/kek/1"])
            self.assertEqual(["what=retire", "key=kek", "destroyed=tenant-1/kek/1"], told[at + 1])


def allow_locks():
    """Lets the server lock its memory, where this account may let it."""
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        pass


class KeyEncryptionKeys(unittest.TestCase):
    def test_killed_while_they_are_rotated(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            entries = [{
                "request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}}
                for _ in range(300)]
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
            self.assertEqual(200, session.post(home.url + "/fhir", json=bundle).status_code)
            for wait in (0, 0.01, 0.03, 0.06, 0.1):
                command = subprocess.Popen(
                    [WARD, "keys", "rotate", "kek", "--home", home.home], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(wait)
                home.kill()
                command.wait()
                home.serve()
            page = session.get(home.url + "/fhir/Patient?_count=5").json()
            link = next(link["url"] for link in page["link"] if link["relation"] == "next")
            count = lambda: sum(keys["count"] for keys in wrappers(home)[1]["data_keys"])
            before = count()
            for wait in (0, 0.02):
                command = subprocess.Popen(
                    [WARD, "keys", "rotate", "dek", "--home", home.home], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(wait)
                home.kill()
                command.wait()
                home.serve()
            # Where it was begun and killed, the server that came back ends that one; this is one more, or the first.
            ward("keys", "rotate", "dek", home=home.home)
            self.assertTrue(wrappers(home)[1]["data_key_rotation"]["is_finished"])
            self.assertIn(count() // before, (2, 3, 4))
            self.assertEqual(0, count() % before)
            _, change, _ = ward("keys", "rotate", "kek", home=home.home)
            _, status = wrappers(home)
            keks = [key["id"] for key in status["keys"] if key["kind"] == "kek"]
            self.assertEqual(1, len(keks), keks)
            self.assertEqual(keks, [count["wrapped_by"] for count in status["data_keys"]])
            self.assertGreaterEqual(status["data_keys"][0]["count"], 301)
            listed, after = [], []
            while True:
                _, data, _ = ward("keys", "status", "--data-keys", "--limit", "250", *after, home=home.home)
                self.assertLessEqual(len(data["keys"]), 250)
                listed += data["keys"]
                if not data.get("next"):
                    break
                after = ["--after", data["next"]]
            self.assertEqual(status["data_keys"][0]["count"], len({key["id"] for key in listed}))
            self.assertEqual({("data", keks[0])}, {(key["kind"], key["wrapped_by"]) for key in listed})
            self.assertEqual(before, sum(key["is_current"] for key in listed))
            self.assertEqual({"id", "kind", "version", "created_at", "age_days", "place", "is_current", "wrapped_by"}, set(listed[0]))
            # A link to a next page is under way for an hour: rotations and new starts do not end it.
            home.kill()
            home.serve()
            link = home.url + link[link.index("/fhir"):]
            self.assertEqual(5, len(session.get(link).json()["entry"]))
            # Accounts outlive their key-encryption key: the pepper is kept.
            self.assertEqual(200, home.session("ada").get(home.url + "/fhir/Patient?_count=5").status_code)
            home.stop()
            self.assertEqual(0, ward("verify", home=home.home)[0])
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])


class LogKey(unittest.TestCase):
    def test_killed_while_it_is_rotated(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            first = verify_log.key(ward("audit", "proof", "0", home=home.home)[1]["key"])[2]
            for wait in (0, 0.02, 0.05):
                command = subprocess.Popen(
                    [WARD, "keys", "rotate", "log", "--home", home.home], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(wait)
                home.kill()
                command.wait()
                home.serve()
            session = home.session("ada")
            _, change, _ = ward("keys", "rotate", "log", home=home.home)
            self.assertEqual(1, len(change["destroyed"]), change)
            patient = session.post(home.url + "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
            self.assertEqual(200, session.get(f"{home.url}/fhir/Patient/{patient}").status_code)
            keys = [key for key in wrappers(home)[1]["keys"] if key["id"].startswith("log/")]
            self.assertEqual(["log-public"] * (len(keys) - 1) + ["log"], [key["kind"] for key in keys])
            self.assertEqual(keys[-1]["id"], f"log/{len(keys)}")
            # Proofs, questions and a verifier that knows one key only, whichever: all hold.
            proof = ward("audit", "proof", "1", home=home.home)[1]
            newest = verify_log.key(proof["key"])[2]
            self.assertNotEqual(first, newest)
            verify_log.verify_proof(proof["proof"], newest)
            self.assertTrue(ward("audit", "ask", "who-saw", f"Patient/{patient}", home=home.home)[1]["entries"])
            home.stop()
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])
            log = home.home + "/audit/audit.db"
            for trusted in (first, newest):
                self.assertEqual([], verify_log.verify(log, trusted))
            os.rename(home.home + "/audit/handovers", home.home + "/audit/handovers.gone")
            for trusted in (first, newest):
                self.assertIn("signature", {fault.kind for fault in verify_log.verify(log, trusted)})
            # The program itself knows the handovers from its keys, and writes the file again.
            home.serve()
            home.stop()
            self.assertEqual([], verify_log.verify(log, first))


@unittest.skipUnless(os.path.exists(FAKE_TIME), "the Debian package faketime is not here: script/bootstrap --test")
class Schedule(unittest.TestCase):
    def test_old_keys_are_rotated_by_the_server(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve(under=["/usr/bin/env"], env={
                "LD_PRELOAD": FAKE_TIME, "FAKETIME": "+100d", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "WARD_KEYS_ROTATE_KEK_DAYS": "90",
                "WARD_KEYS_ROTATE_ROOT_DAYS": "90", "WARD_KEYS_ROTATE_TOKEN_DAYS": "90", "WARD_KEYS_ROTATE_INDEX_DAYS": "90",
                "WARD_KEYS_ROTATE_LOG_DAYS": "90",
                "WARD_KEYS_ROTATE_DEK_DAYS": "90"})
            wanted, versions, end = {"root": [2], "kek": [2], "index": [2], "token": [2], "log": [2]}, None, time.time() + 120
            while versions != wanted and time.time() < end:
                status = wrappers(home)[1]
                # The token key of before verifies for a while, and the index is made anew by a service of its own.
                versions = {kind: [key["version"] for key in status["keys"] if key["kind"] == kind
                                   and (key["is_current"] or kind in ("root", "kek"))] for kind in wanted}
            self.assertEqual(wanted, versions)
            self.assertTrue(status["data_key_rotation"]["is_finished"])
            self.assertEqual(["tenant-1/kek/2"], [keys["wrapped_by"] for keys in status["data_keys"]])


class InAWS(unittest.TestCase):
    def test_a_home_with_its_root_in_kms(self):
        folder = tempfile.mkdtemp(prefix="ward-kms-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        kms = KMS(folder)
        self.addCleanup(kms.stop)
        arn = kms.make_key()
        with Home(arguments=["--keys", "awskms", *kms.arguments(arn)]) as home:
            names, _ = wrappers(home)
            self.assertEqual({f"root/awskms/{arn}/1"}, names)
            _, change, _ = ward("keys", "rotate", "root", home=home.home)
            self.assertEqual([f"root/awskms/{arn}/2"], change["made"])
            self.assertEqual([f"root/awskms/{arn}/1"], change["kept"])
            home.add("ada", "clinician")
            home.serve(env={"WARD_KEYS_OFFLINE_SECONDS": "15"})
            session = home.session("ada")
            url = home.url + "/fhir/Patient"
            patient = f"{url}/{session.post(url, json={'resourceType': 'Patient', 'gender': 'other'}).json()['id']}"
            kms.stop()
            # Keys that are open serve on for the limit; then nothing is read or written, and nothing leaves in the clear.
            self.assertEqual(200, session.get(patient).status_code)
            answer, end = None, time.time() + 180
            while time.time() < end and (answer is None or answer.status_code == 200):
                time.sleep(0.5)
                answer = session.get(patient)
            self.assertEqual(503, answer.status_code)
            self.assertIn("Retry-After", answer.headers)
            self.assertNotIn("gender", answer.text)
            self.assertEqual(503, session.post(url, json={"resourceType": "Patient"}).status_code)
            self.assertEqual(503, session.get(home.url + "/health/ready").status_code)
            home.stop()
            code, _, words = ward("keys", "status", home=home.home, check=False)
            self.assertEqual(2, code)
            self.assertIn("AWS KMS does not answer", words)


@unittest.skipUnless(has_volumes_apart(), "there are no volumes apart for the keys and their passphrase here")
class Production(unittest.TestCase):
    """Keys apart from the records, nothing of the memory on disk, and an account of it."""

    def setUp(self):
        self.folder, self.apart, self.third = (
            tempfile.mkdtemp(prefix="ward-production-", dir=volume) for volume in (None, APART, SECRET))
        for folder in (self.folder, self.apart, self.third):
            self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.home = self.folder + "/home"
        self.secret = self.write(self.third + "/passphrase")

    def write(self, path):
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("correct horse battery staple\n")
        return path

    def make(self, *arguments):
        return ward("init", "--environment", "production", *arguments, home=self.home, check=False)

    def refused(self, *words):
        code, _, said = ward("user", "list", home=self.home, check=False)
        self.assertEqual(2, code)
        for word in words:
            self.assertIn(word, said)

    def test_keys_beside_the_records_are_refused(self):
        code, _, words = self.make("--passphrase-file", self.secret)
        self.assertEqual(2, code)
        self.assertIn("on the same volume as the records", words)
        self.assertIn("--keys-folder", words)
        code, _, words = self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.write(self.folder + "/passphrase"))
        self.assertEqual(2, code)
        self.assertIn("the passphrase is on the same volume as the records", words)
        code, _, words = self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.write(self.apart + "/passphrase"))
        self.assertEqual(2, code)
        self.assertIn("the passphrase is on the same volume as the wrapped keys", words)
        self.assertEqual(0, self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.secret)[0])
        self.assertFalse(os.path.exists(self.home + "/keys/root.key"))
        self.assertEqual(0, ward("keys", "status", home=self.home)[0])
        os.chmod(self.apart + "/keys/keys.db", 0o640)
        self.refused("keys.db", "chmod 600")
        os.chmod(self.apart + "/keys/keys.db", 0o600)
        os.chmod(self.apart + "/keys", 0o750)
        self.refused("chmod 700")
        os.chmod(self.apart + "/keys", 0o700)
        shutil.copytree(self.apart + "/keys", self.folder + "/copied")
        with open(self.home + "/ward.yaml") as f:
            text = f.read()
        with open(self.home + "/ward.yaml", "w") as f:
            f.write(text.replace(self.apart + "/keys", self.folder + "/copied"))
        self.refused("on the same volume as the records")

    def test_what_only_looks_apart_is_refused(self):
        """Links are followed, and folders above count: who may write there can put something else in the place."""
        # A folder of keys that is a link back to the volume of the records, and a passphrase that is one.
        os.makedirs(self.folder + "/beside", 0o700)
        os.symlink(self.folder + "/beside", self.apart + "/linked")
        code, _, words = self.make("--keys-folder", self.apart + "/linked", "--passphrase-file", self.secret)
        self.assertEqual(2, code)
        self.assertIn("on the same volume as the records", words)
        self.assertIn("which is " + self.folder, words)
        os.symlink(self.write(self.folder + "/passphrase"), self.third + "/linked")
        code, _, words = self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.third + "/linked")
        self.assertEqual(2, code)
        self.assertIn("the passphrase is on the same volume as the records", words)
        self.assertEqual(0, self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.secret)[0])
        # A file among the keys that is elsewhere.
        shutil.move(self.apart + "/keys/keyring.key", self.folder + "/keyring.key")
        os.symlink(self.folder + "/keyring.key", self.apart + "/keys/keyring.key")
        self.refused("keyring.key", "is on another volume than the keys folder")
        os.remove(self.apart + "/keys/keyring.key")
        shutil.move(self.folder + "/keyring.key", self.apart + "/keys/keyring.key")
        # Records that lie on the volume of the keys.
        os.rename(self.home + "/data/audit-anchor", self.home + "/anchor")
        shutil.copy(self.home + "/anchor", self.apart + "/anchor")
        os.symlink(self.apart + "/anchor", self.home + "/data/audit-anchor")
        self.refused("on the same volume as the records", "audit-anchor")
        os.remove(self.home + "/data/audit-anchor")
        os.rename(self.home + "/anchor", self.home + "/data/audit-anchor")
        # So does a log.
        shutil.move(self.home + "/audit", self.apart + "/audit")
        os.symlink(self.apart + "/audit", self.home + "/audit")
        self.refused("on the same volume as the audit log", "audit")
        os.remove(self.home + "/audit")
        shutil.move(self.apart + "/audit", self.home + "/audit")
        # A second source of the passphrase, of which nobody knows which one counts.
        for command in (["user", "list"], ["verify"], ["keys", "status"]):
            code, _, words = ward(*command, home=self.home, check=False, env={"WARD_PASSPHRASE": "correct horse battery staple"})
            self.assertEqual(2, code)
            self.assertIn("take it out of the environment", words)
        # Folders above that others may write to, or own.
        for folder, what in ((self.apart, "keys"), (self.third, "passphrase")):
            os.chmod(folder, 0o777)
            self.refused(folder, "others may write to it", what, "chmod go-w")
            os.chmod(folder, 0o1777)
            self.assertEqual(0, ward("user", "list", home=self.home)[0])
            os.chmod(folder, 0o700)
            if os.geteuid() == 0:
                os.chown(folder, 4711, 4711)
                self.refused(folder, "belongs to another account")
                os.chown(folder, 0, 0)
        os.chmod(self.secret, 0o640)
        self.refused("passphrase", "chmod 600")
        os.chmod(self.secret, 0o600)
        self.assertEqual(0, ward("user", "list", home=self.home)[0])

    @unittest.skipUnless(os.path.exists(MODULE), "softhsm2 is not installed: script/bootstrap --test")
    def test_what_opens_a_key_service_lies_apart(self):
        """A PIN is looked at as a passphrase is."""
        token = Token(self.third)
        make = lambda pin: ward(
            "init", "--environment", "production", "--keys", "pkcs11", *token.arguments, "--pkcs11-pin-file", pin, "--keys-folder",
            self.apart + "/keys", home=self.home, check=False, env=token.env)
        for folder, words in ((self.folder, "as the records"), (self.apart, "as the wrapped keys")):
            shutil.copy(token.pin, folder + "/pin")
            code, _, said = make(folder + "/pin")
            self.assertEqual(2, code)
            self.assertIn("the PIN of the token is on the same volume " + words, said)
        self.assertEqual(0, make(token.pin)[0])
        with open(self.home + "/ward.yaml") as f:
            text = f.read()
        with open(self.home + "/ward.yaml", "w") as f:
            f.write(text.replace(token.pin, self.folder + "/pin"))
        self.refused("the PIN of the token is on the same volume as the records")

    def test_a_command_is_hardened_before_it_opens_keys(self):
        """It asks for the passphrase: nothing is open yet, and memory is closed to others and locked already."""
        self.assertEqual(0, self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.secret)[0])
        with open(self.home + "/ward.yaml") as f:
            text = f.read()
        with open(self.home + "/ward.yaml", "w") as f:
            f.write("".join(line for line in text.splitlines(True) if not line.startswith("  passphrase_file:")))
        # What belongs to root tells nothing of itself; where no other account can run the program, only its limits are seen.
        user = 65534 if os.geteuid() == 0 and subprocess.run([WARD, "--version"], capture_output=True, user=65534, cwd="/").returncode == 0 else None
        if user:
            for folder in (self.folder, self.apart):
                subprocess.run(["chown", "-R", str(user), folder], check=True)
        for command in (["keys", "status"], ["verify"]):
            terminal, other = pty.openpty()
            process = subprocess.Popen(
                [WARD, *command, "--home", self.home], stdin=other, stdout=subprocess.DEVNULL, stderr=other, user=user, start_new_session=True,
                cwd="/", env={**os.environ, "HOME": "/"})
            os.close(other)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            said = b""
            while b"Passphrase" not in said:
                said += os.read(terminal, 1024)
            # Of a process that others may not look into, the kernel gives /proc to root.
            if user or os.geteuid() != 0:
                self.assertEqual(0, os.stat(f"/proc/{process.pid}/mem").st_uid, command)
            with open(f"/proc/{process.pid}/limits") as f:
                self.assertEqual(["0", "0"], next(line for line in f if line.startswith("Max core file size")).split()[4:6])
            # `verify` asks twice: to read, and to tell the log of it.
            while said:
                if b"Passphrase" in said:
                    os.write(terminal, b"correct horse battery staple\n")
                try:
                    said = os.read(terminal, 1024)
                except OSError:
                    said = b""
            self.assertEqual(0, process.wait(120), command)
            os.close(terminal)

    def test_the_start_attests(self):
        self.assertEqual(0, self.make("--keys-folder", self.apart + "/keys", "--passphrase-file", self.secret)[0])
        certificate, key = self.folder + "/tls.pem", self.folder + "/tls.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
        with open(self.home + "/ward.yaml", "a") as f:
            f.write(f"tls:\n  certificate: {certificate}\n  key: {key}\n")
        with open(self.folder + "/log", "wb") as log:
            server = subprocess.Popen(
                [WARD, "serve", "--home", self.home, "--port", "0"], stdout=subprocess.PIPE, stderr=log, preexec_fn=allow_locks)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.assertTrue(server.stdout.readline().startswith(b"ready "))
        with open(f"/proc/{server.pid}/limits") as f:
            core = next(line for line in f if line.startswith("Max core file size"))
        self.assertEqual(["0", "0"], core.split()[4:6])
        with open(self.folder + "/log") as f:
            said = f.read()
        with open(f"/proc/{server.pid}/status") as f:
            locked = int(next(line for line in f if line.startswith("VmLck")).split()[1]) > 0
        self.assertEqual(not locked, "may be swapped" in said, said)
        for word in ("root/file/", "tenant-1/kek/1", "tenant-1/index/1", "log/1", "keys on a volume of their own", "0 days old"):
            self.assertIn(word, said)
        with open(self.secret) as f:
            self.assertNotIn(f.read().strip(), said)
