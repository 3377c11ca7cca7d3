"""Keys on their way from one key service or passphrase to another, killed at each step: the home opens, and the same command goes on."""
import os, shutil, subprocess, tempfile, unittest
from home import Home, WARD, ward
from kms import KMS, Passage
from test_keys import MODULE, Token, passing_module, wrappers

HERE = os.path.dirname(os.path.abspath(__file__))


def configuration(home):
    with open(home + "/ward.yaml") as f:
        return f.read()


class Killed(unittest.TestCase):
    """Each step is the moment at which a file is in its place: ward.yaml, a root key, log.key, keyring.key, ward.yaml again."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ward-moving-")
        cls.dying = cls.folder + "/dying.so"
        subprocess.run(
            [shutil.which("clang") or "cc", "-shared", "-fPIC", "-O1", "-o", cls.dying, HERE + "/dying.c", "-ldl"], check=True)
        cls.made = Home()
        cls.made.add("ada", "clinician")

    @classmethod
    def tearDownClass(cls):
        cls.made.__exit__()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def secret(self, name, text):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
                f.write(text + "\n")
        return path

    def killed_at_each_step(self, steps, arguments, check, first=None, env=None):
        """Calls a command that is killed at each of its steps, opens the home, calls it again, and looks at the end."""
        env, ended = env or {}, set()
        for step in range(1, steps + 2):
            home = tempfile.mkdtemp(prefix="step-", dir=self.folder) + "/home"
            shutil.copytree(first or self.made.home, home)
            dying = {**env, "LD_PRELOAD": self.dying, "DYING_AT": str(step)}
            code, _, words = ward("keys", *arguments, home=home, check=False, env=dying)
            if step > steps:
                self.assertEqual(0, code, words)
            else:
                self.assertEqual(-9, code, f"step {step}: {words}")
                # It opens, and goes on.
                ward("keys", *arguments, home=home, env=env)
            self.assertNotIn("previous", configuration(home), f"step {step}")
            ended.add(configuration(home).replace(home, "HOME"))
            self.assertEqual(1, len(ended), f"step {step}")
        # Once more: nothing is left to do, and nothing changes.
        before = configuration(home), sorted(os.listdir(home + "/keys"))
        ward("keys", *arguments, home=home, env=env)
        self.assertEqual(before, (configuration(home), sorted(os.listdir(home + "/keys"))))
        check(home)

    def roots(self, home, env=None):
        _, status, _ = ward("keys", "status", home=home, env=env)
        return {key["wrapped_by"] for key in status["keys"] if "wrapped_by" in key}

    def test_a_key_that_could_not_be_destroyed(self):
        """The log has its id before, that it failed, and its end once the same command has gone on."""
        home = tempfile.mkdtemp(prefix="step-", dir=self.folder) + "/home"
        shutil.copytree(self.made.home, home)
        # Killed when the keyring has its second key: what is left to do is to move the data keys, and to destroy the first.
        self.assertEqual(-9, ward("keys", "rotate", "kek", home=home, check=False, env={"LD_PRELOAD": self.dying, "DYING_AT": "1"})[0])
        keks = lambda: [key["id"] for key in ward("keys", "status", home=home)[1]["keys"] if key["kind"] == "kek"]
        self.assertEqual(["tenant-1/kek/1", "tenant-1/kek/2"], keks())
        # Where the keyring's new file is to be written, a folder stands.
        os.mkdir(home + "/keys/keyring.key.new")
        code, _, words = ward("keys", "rotate", "kek", home=home, check=False)
        self.assertEqual(2, code)
        self.assertIn("keyring.key.new is in the way", words)
        self.assertEqual(["tenant-1/kek/1", "tenant-1/kek/2"], keks())
        os.rmdir(home + "/keys/keyring.key.new")
        self.assertEqual(["tenant-1/kek/1"], ward("keys", "rotate", "kek", home=home)[1]["destroyed"])
        self.assertEqual(["tenant-1/kek/2"], keks())
        _, lines, _ = ward("audit", "show", "--last", "2000", home=home)
        told = [(line["outcome"], line["details"], line.get("reason")) for line in lines
                if line["event"] == "key-change" and line["details"][0].startswith("what=retire")]
        begun = ("success", ["what=retire-begins", "key=kek", "destroys=tenant-1/kek/1"], None)
        self.assertEqual([
            begun, ("serious-failure", ["what=retire", "key=kek", "destroys=tenant-1/kek/1"], "unavailable"),
            begun, ("success", ["what=retire", "key=kek", "destroyed=tenant-1/kek/1"], None)], told)

    def test_from_one_file_to_another(self):
        passphrase = self.secret("second", "another passphrase altogether")

        def moved(home):
            self.assertEqual(1, len(self.roots(home)))
            # The old root and its passphrase are not needed, and nothing wrote over them.
            with open(self.made.home + "/keys/root.key", "rb") as old, open(home + "/keys/root.key", "rb") as kept:
                self.assertEqual(old.read(), kept.read())
            os.remove(home + "/keys/root.key")
            os.remove(home + "/keys/passphrase")
            self.assertEqual(0, ward("audit", "verify", home=home)[0])
            self.assertIn("root-b.key", configuration(home))

        arguments = ["migrate", "--to", "file", "--root-file", "root-b.key", "--new-passphrase-file", passphrase]
        self.killed_at_each_step(5, arguments, moved)

    def test_from_one_passphrase_to_another(self):
        passphrase = self.secret("third", "a third passphrase of this home")

        def changed(home):
            # The old one opens nothing any more.
            text = configuration(home)
            with open(home + "/ward.yaml", "w") as f:
                f.write(text.replace(passphrase, home + "/keys/passphrase"))
            code, _, words = ward("keys", "status", home=home, check=False)
            self.assertEqual(2, code)
            self.assertIn("passphrase is not the one", words)

        self.killed_at_each_step(3, ["passphrase", "--new-passphrase-file", passphrase], changed)

    @unittest.skipUnless(os.path.exists(MODULE), "softhsm2 is not installed: script/bootstrap --test")
    def test_from_one_token_to_another(self):
        token = Token(self.folder + "/hsm")
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "second", "--so-pin", "so-pin-1", "--pin", "user-pin"],
            check=True, capture_output=True, env={**os.environ, **token.env})

        def moved(home):
            self.assertEqual({"root/pkcs11/second/ward-root/1"}, self.roots(home, token.env))

        first = tempfile.mkdtemp(prefix="token-", dir=self.folder) + "/home"
        shutil.copytree(self.made.home, first)
        ward("keys", "migrate", "--to", "pkcs11", *token.arguments, home=first, env=token.env)
        self.killed_at_each_step(4, ["migrate", "--to", "pkcs11", "--pkcs11-token", "second"], moved, first, token.env)


    @unittest.skipUnless(os.path.exists(MODULE), "softhsm2 is not installed: script/bootstrap --test")
    def test_at_each_call_to_a_token(self):
        """From a file to a token, and to another version of the root there: killed as soon as the token has done what it was asked."""
        token = Token(tempfile.mkdtemp(prefix="hsm-", dir=self.folder) + "/hsm")
        module = passing_module(self.folder)
        migrate = ["migrate", "--to", "pkcs11", *token.arguments, "--pkcs11-module", module]
        first = self.killed_at_each_call(self.made.home, migrate, lambda step: {**token.env, "DYING_CALL": str(step)}, token)
        self.assertEqual({"root/pkcs11/ward/ward-root/1"}, self.roots(first, token.env))
        self.killed_at_each_call(first, ["rotate", "root"], lambda step: {**token.env, "DYING_CALL": str(step)}, token)

    def killed_at_each_call(self, first, arguments, env, token):
        step = 0
        while True:
            step += 1
            self.assertLess(step, 40, "it comes to an end")
            home = tempfile.mkdtemp(prefix="call-", dir=self.folder) + "/home"
            shutil.copytree(first, home)
            tokens = tempfile.mkdtemp(prefix="tokens-", dir=self.folder) + "/tokens"
            folder = os.path.dirname(token.env["SOFTHSM2_CONF"]) + "/tokens"
            shutil.copytree(folder, tokens)
            code, _, words = ward("keys", *arguments, home=home, check=False, env=env(step))
            if code == 0:
                self.assertGreater(step, 2, "there were calls at which it was killed")
                return home
            self.assertEqual(-9, code, f"call {step}: {words}")
            ward("keys", *arguments, home=home, env=token.env)
            self.assertNotIn("previous", configuration(home), f"call {step}")
            # It opens every key under the root that it names.
            self.assertEqual(0, ward("verify", home=home, env=token.env)[0], f"call {step}")
            # The next one begins with the token as it was.
            shutil.rmtree(folder)
            os.rename(tokens, folder)

    def test_from_one_kms_key_to_another(self):
        kms = KMS(tempfile.mkdtemp(prefix="kms-", dir=self.folder))
        self.addCleanup(kms.stop)
        one, two = kms.make_key(), kms.make_key()
        first = tempfile.mkdtemp(prefix="aws-", dir=self.folder) + "/home"
        shutil.copytree(self.made.home, first)
        ward("keys", "migrate", "--to", "awskms", *kms.arguments(one), home=first)

        def moved(home):
            self.assertEqual({f"root/awskms/{two}/1"}, self.roots(home))

        migrate = ["migrate", "--to", "awskms", *kms.arguments(two)]
        self.killed_at_each_step(4, migrate, moved, first)
        # And at each call that wraps or opens: done there, and never answered.
        passage = Passage(kms)
        self.addCleanup(passage.close)
        through = ["migrate", "--to", "awskms", *kms.arguments(two, passage.url)]
        step, code = 0, None
        while code != 0:
            step += 1
            self.assertLess(step, 40, "it comes to an end")
            home = tempfile.mkdtemp(prefix="call-", dir=self.folder) + "/home"
            shutil.copytree(first, home)
            with open(home + "/ward.yaml") as f:
                text = f.read()
            with open(home + "/ward.yaml", "w") as f:
                f.write(text.replace(kms.url, passage.url))
            passage.count, passage.kills_at = 0, step
            command = [WARD, "keys", *through, "--output", "json", "--home", home]
            passage.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            _, words = passage.process.communicate(timeout=300)
            code, passage.process = passage.process.returncode, None
            self.assertIn(code, (0, -9), f"call {step}: {words}")
            ward("keys", *through, home=home)
            self.assertNotIn("previous", configuration(home), f"call {step}")
        moved(home)
        self.assertGreater(step, 2, "there were calls at which it was killed")


class Refused(unittest.TestCase):
    """What would leave a home that does not open later is refused before anything changes."""

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.__exit__)
        self.passphrase = self.home.folder + "/second"
        with open(os.open(self.passphrase, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("another passphrase altogether\n")

    def refused(self, words, *arguments, env=None):
        before = configuration(self.home.home), sorted(os.listdir(self.home.home + "/keys"))
        code, _, said = ward("keys", *arguments, home=self.home.home, check=False, env=env)
        self.assertEqual(2, code, said)
        self.assertIn(words, said)
        self.assertEqual(before, (configuration(self.home.home), sorted(os.listdir(self.home.home + "/keys"))))

    def test_before_anything_changes(self):
        new = ["--new-passphrase-file", self.passphrase]
        self.refused("ward keys passphrase changes its passphrase", "migrate", "--to", "file", *new)
        self.refused("without its folder", "migrate", "--to", "file", "--root-file", "../root.key", *new)
        self.refused(
            "WARD_KEYS_ROOT_FILE is set in the environment", "migrate", "--to", "file", "--root-file", "b.key", *new,
            env={"WARD_KEYS_ROOT_FILE": "root.key"})
        self.refused(
            "WARD_KEYS_PASSPHRASE_FILE is set in the environment", "passphrase", *new,
            env={"WARD_KEYS_PASSPHRASE_FILE": self.home.home + "/keys/passphrase"})
        self.refused("missing", "passphrase", "--new-passphrase-file", self.passphrase + ".none")
        self.refused("--new-passphrase-file", "passphrase")
        os.chmod(self.passphrase, 0o644)
        self.refused("mode 0600", "passphrase", *new)
        os.chmod(self.passphrase, 0o600)
        ward("keys", "migrate", "--to", "file", "--root-file", "b.key", *new, home=self.home.home)
        # root.key is an old one now; nothing moves back into it.
        self.refused("makes a new root key", "migrate", "--to", "file", "--root-file", "root.key", *new)
        # Written over, the passphrase that opens the keyring is gone from its file.
        self.home.serve()
        with open(self.passphrase, "w") as f:
            f.write("a third passphrase of this home\n")
        self.refused("was written over", "passphrase", *new)

    def test_a_swapped_root_key_is_named(self):
        with Home() as other:
            shutil.copy(other.home + "/keys/root.key", self.home.home + "/keys/root.key")
        code, _, words = ward("keys", "status", home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("another root key", words)
        self.assertIn("root_file", words)

    def test_files_of_another_home_or_time_are_named(self):
        keys = self.home.home + "/keys/"
        shutil.copytree(keys, self.home.folder + "/before")
        with Home() as other:
            shutil.copy(other.home + "/keys/log.key", keys + "log.key")
        code, _, words = ward("keys", "status", home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("log.key is of another home than keyring.key", words)
        shutil.copy(self.home.folder + "/before/log.key", keys + "log.key")
        ward("keys", "rotate", "root", home=self.home.home)
        shutil.copy(self.home.folder + "/before/log.key", keys + "log.key")
        code, _, words = ward("keys", "status", home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("the keys lie under version 1 of the root key, which is not there", words)

    def test_keys_and_keyring_of_two_times_are_named(self):
        """Whichever of the two is the older: what is missing is named, and what brings it back; nothing is made in its place."""
        self.home.add("ada", "clinician")
        keys, before, after = (self.home.home + "/keys/", self.home.folder + "/before/", self.home.folder + "/after/")
        shutil.copytree(keys, before)
        ward("keys", "rotate", "kek", home=self.home.home)
        shutil.copytree(keys, after)
        for name, version in (("keyring.key", 2), ("keys.db", 1)):
            with self.subTest(name):
                for ending in ("", "-wal", "-shm"):
                    if os.path.exists(keys + name + ending):
                        os.remove(keys + name + ending)
                shutil.copy(before + name, keys + name)
                code, _, words = ward("user", "list", home=self.home.home, check=False)
                self.assertEqual(2, code)
                self.assertIn(f"data keys in keys.db lie under version {version} of the key-encryption key, and keyring.key does not have it", words)
                self.assertIn("Restore the newest keys folder as a whole", words)
                shutil.copy(after + name, keys + name)
                self.assertEqual(1, len(ward("user", "list", home=self.home.home)[1]))

    def test_a_keyring_of_an_older_format_is_named(self):
        keys = self.home.home + "/keys/keyring.key"
        with open(keys, "rb") as f:
            first, rest = f.read().split(b"\n", 1)
        with open(keys, "wb") as f:
            f.write(first.replace(b"ward-keyring 2 ", b"ward-keyring 1 ") + b"\n" + rest)
        for command in (["keys", "status"], ["verify"]):
            code, _, words = ward(*command, home=self.home.home, check=False)
            self.assertEqual(2, code)
            self.assertIn("keyring.key is of an older format (ward-keyring 1) that this version does not open", words)
            self.assertNotIn("damaged", words)

    def test_a_time_to_come_is_refused(self):
        code, _, words = ward("verify", "--since", "2999-01-01", home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("--since lies in the future", words)

    def test_a_passphrase_is_changed_while_served(self):
        self.home.add("ada", "clinician")
        self.home.serve()
        session = self.home.session("ada")
        _, change, _ = ward("keys", "passphrase", "--new-passphrase-file", self.passphrase, home=self.home.home)
        self.assertEqual(1, len(change["rewrapped"]))
        ward("keys", "rotate", "root", home=self.home.home)
        self.assertEqual(200, session.get(self.home.url + "/fhir/Patient").status_code)
        self.assertEqual(0, self.home.stop())
        os.remove(self.home.home + "/keys/passphrase")
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])
        _, lines, _ = ward("audit", "show", "--last", "500", home=self.home.home)
        self.assertEqual(4, sum(line["event"] == "key-change" for line in lines))
        wrappers(self.home)


class Queue(unittest.TestCase):
    """Commands on a home that nobody serves wait for their turn."""

    def test_many_at_once(self):
        with Home() as home:
            # One waits for all others together, and for two minutes at most; making a key takes no time, a password's hash does.
            commands = [
                subprocess.Popen([WARD, "keys", "rotate", "token", "--home", home.home],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(4)]
            ended = [(command.communicate(timeout=300)[1], command.returncode) for command in commands]
            self.assertEqual({0}, {code for _, code in ended}, ended)
            lines = ward("audit", "show", "--last", "100", home=home.home)[1]
            self.assertEqual(4, sum(line["event"] == "key-change" and "what=rotate" in line["details"] for line in lines))

    def test_who_is_waited_for_is_named(self):
        import fcntl
        with Home() as home:
            with open(home.home + "/run/lock", "r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                lock.truncate()
                lock.write("process 4711 (command)")
                lock.flush()
                command = subprocess.Popen(
                    [WARD, "user", "list", "--home", home.home], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    text=True)
                self.assertEqual("waiting for process 4711 (command), which has the home\n", command.stderr.readline())
                self.assertIsNone(command.poll())
            self.assertEqual(0, command.wait(120))
            command.stderr.close()
