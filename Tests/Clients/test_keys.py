"""Keys in a key service, rotated and moved while the home is served, and killed on the way."""
import os, shutil, signal, socket, subprocess, sys, tempfile, threading, time, unittest
import requests
from home import WARD, Home, ward

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
            # Each of the two migrations and the rotation begins and ends; moving data keys begins and ends; one is retired.
            self.assertEqual(9, sum(line["event"] == "key-change" for line in lines))


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
            _, change, _ = ward("keys", "rotate", "kek", home=home.home)
            _, status = wrappers(home)
            keks = [key["id"] for key in status["keys"] if key["kind"] == "kek"]
            self.assertEqual(1, len(keks), keks)
            self.assertEqual(keks, [count["wrapped_by"] for count in status["data_keys"]])
            self.assertGreaterEqual(status["data_keys"][0]["count"], 301)
            # Accounts outlive their key-encryption key: the pepper is kept.
            self.assertEqual(200, home.session("ada").get(home.url + "/fhir/Patient?_count=5").status_code)
            home.stop()
            self.assertEqual(0, ward("verify", home=home.home)[0])
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])


class InAWS(unittest.TestCase):
    def test_a_home_with_its_root_in_kms(self):
        folder = tempfile.mkdtemp(prefix="ward-kms-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        certificate, key = folder + "/moto.pem", folder + "/moto.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), "-c", certificate, "-k", key],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        url = f"https://127.0.0.1:{port}"
        headers = {
            "X-Amz-Target": "TrentService.CreateKey", "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=b"}
        for _ in range(200):
            try:
                arn = requests.post(url + "/", headers=headers, data="{}", verify=certificate, timeout=10).json()["KeyMetadata"]["Arn"]
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        credentials = folder + "/credentials"
        with open(os.open(credentials, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("[default]\naws_access_key_id = test\naws_secret_access_key = test\n")
        with Home(arguments=[
                "--keys", "awskms", "--aws-region", "eu-central-1", "--aws-key", arn, "--aws-endpoint", url, "--aws-ca-file",
                certificate, "--aws-credentials-file", credentials]) as home:
            names, _ = wrappers(home)
            self.assertEqual({f"root/awskms/{arn}/1"}, names)
            _, change, _ = ward("keys", "rotate", "root", home=home.home)
            self.assertEqual([f"root/awskms/{arn}/2"], change["made"])
            self.assertEqual([f"root/awskms/{arn}/1"], change["kept"])
            server.kill()
            server.wait()
            code, _, words = ward("keys", "status", home=home.home, check=False)
            self.assertEqual(2, code)
            self.assertIn("AWS KMS does not answer", words)
