"""What must be refused, and how: each a clear message, a non-zero exit or a 503, nothing lost."""
import errno, glob, json, os, shutil, signal, socket, subprocess, tempfile, time, unittest
from home import APART, SECRET, Home, WARD, has_volumes_apart, ward


def serve(home, *flags, env=None, under=(), timeout=600):
    done = subprocess.run([*under, WARD, "serve", "--home", home, "--port", "0", *flags], capture_output=True, text=True, timeout=timeout,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stderr


class Refusals(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.__exit__)

    def refused(self, expected, *flags, env=None):
        code, words = serve(self.home.home, *flags, env=env)
        self.assertEqual(2, code, words)
        self.assertIn(expected, words)

    def test_wrong_passphrase(self):
        file = os.path.join(self.home.folder, "passphrase")
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("this is not the passphrase\n")
        self.refused("passphrase is not the one", "--passphrase-file", file)

    def test_missing_keyring(self):
        os.rename(self.home.home + "/keys/root.key", self.home.folder + "/root.key")
        self.refused("root.key is missing")
        os.rename(self.home.folder + "/root.key", self.home.home + "/keys/root.key")
        self.assertEqual(0, ward("user", "list", home=self.home.home)[0])

    def test_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = subprocess.run([WARD, "serve", "--home", self.home.home, "--port", str(taken.getsockname()[1])], capture_output=True, text=True, timeout=600)
        self.assertEqual(2, done.returncode)
        self.assertIn("the port is in use", done.stderr)

    def test_corrupt_yaml(self):
        with open(self.home.home + "/ward.yaml", "a") as f:
            f.write("\nserver: [unclosed\n")
        self.refused("not well-formed YAML")

    def test_unknown_key(self):
        with open(self.home.home + "/ward.yaml", "a") as f:
            f.write("\nserver:\n  prot: 1\n")
        self.refused("unknown key server.prot")

    def test_bad_value(self):
        self.refused("WARD_SESSION_IDLE_MINUTES must be a whole number from 15 to 30", env={"WARD_SESSION_IDLE_MINUTES": "90"})

    def test_home_in_use(self):
        self.home.serve()
        self.refused("the home is in use")

    def test_a_server_that_dies_during_a_command(self):
        """Nobody knows whether it was done: that is said, and how to see, and whether it may be called again."""
        password = os.path.join(self.home.folder, "password")
        with open(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("correct horse battery staple\n")
        signed = ["--name", "grace", "--password-file", password, "--code", "123456"]
        for command, words in (
                (["keys", "shred", "--confirm", "0199", *signed], ("`ward keys shred --list` shows it", "is safe")),
                (["keys", "shred", "--patient", "Patient/x", "--reason", "r", *signed], ("`ward keys shred --list` shows it", "look first")),
                (["keys", "rotate", "kek"], ("`ward keys status` shows it", "is safe")), (["user", "list"], ("call it again",))):
            with self.subTest(command):
                self.home.serve()
                # It takes the connection, and dies before it reads what is asked.
                self.home.process.send_signal(signal.SIGSTOP)
                before, end = self.control_sockets(), time.time() + 300
                asking = subprocess.Popen([WARD, *command, "--home", self.home.home], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                while self.control_sockets() == before and asking.poll() is None and time.time() < end:
                    time.sleep(0.05)
                self.assertIsNone(asking.poll(), "it waits for the answer")
                self.home.kill()
                said = asking.communicate(timeout=300)[1]
                self.assertEqual(2, asking.returncode, said)
                for word in ("was lost before it answered, so whether this was done is not known", *words):
                    self.assertIn(word, said)
                self.assertNotIn("refused", said)

    def control_sockets(self):
        """How many ends of connections there are at the server's side, with the one that listens; those that wait count. Source: proc(5)."""
        with open("/proc/net/unix") as f:
            return sum(line.rstrip().endswith(self.home.home + "/run/control.sock") for line in f)

    def test_a_command_that_no_server_knows(self):
        """What a server does not do it answers all the same: no answer means that it is gone."""
        self.home.serve()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.home.home + "/run/control.sock")
            connection.sendall(b'{"somethingElse": {}}')
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        self.assertIn("refused the command", json.loads(answer)["failed"]["_0"])

    @unittest.skipUnless(has_volumes_apart(), "there are no volumes apart for the keys and their passphrase here")
    def test_the_environment_of_a_home_stays(self):
        words = "this home was made for development"
        apart, secret = tempfile.mkdtemp(prefix="ward-test-", dir=APART), tempfile.mkdtemp(prefix="ward-test-", dir=SECRET)
        self.addCleanup(shutil.rmtree, apart)
        self.addCleanup(shutil.rmtree, secret)
        os.rename(self.home.home + "/keys", self.home.folder + "/keys")
        shutil.copytree(self.home.folder + "/keys", apart + "/keys")
        with open(self.home.folder + "/keys/passphrase") as f:
            passphrase = f.read().strip()
        with open(os.open(secret + "/passphrase", os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(passphrase)
        env = {"WARD_ENVIRONMENT": "production", "WARD_KEYS_FOLDER": apart + "/keys"}
        # What other processes can read is no place for the passphrase of records.
        self.refused("WARD_PASSPHRASE is set, and other processes can read it", env={**env, "WARD_PASSPHRASE": passphrase})
        env["WARD_KEYS_PASSPHRASE_FILE"] = secret + "/passphrase"
        self.refused(words, env=env)
        code, _, said = ward("verify", home=self.home.home, check=False, env=env)
        self.assertEqual(2, code)
        self.assertIn(words, said)

    def test_a_lost_anchor(self):
        self.home.add("ada", "clinician")
        os.remove(self.home.home + "/data/audit-anchor")
        self.refused("its anchor is missing")
        code, report, _ = ward("audit", "verify", home=self.home.home, check=False)
        self.assertEqual(1, code)
        self.assertEqual(["anchor"], [fault["place"] for fault in report["faults"]])
        ward("audit", "accept", "anchor", home=self.home.home)
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])
        self.home.serve()

    def test_a_password_that_others_can_read(self):
        file = self.home.folder + "/password"
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o644), "w") as f:
            f.write("correct horse battery staple\n")
        code, _, words = ward(
            "user", "add", "eve", "--role", "clinician", "--password-file", file, home=self.home.home, check=False)
        self.assertEqual(0, code)
        self.assertIn("readable by others", words)

    def test_a_crash_tells_nothing(self):
        self.home.serve()
        self.home.process.send_signal(signal.SIGSEGV)
        self.assertEqual(-signal.SIGSEGV, self.home.process.wait(30))
        self.home.process = None
        with open(self.home.log, errors="replace") as f:
            written = f.read()
        self.assertNotIn("rax", written.lower())
        self.assertNotIn("crashed", written.lower())

    def test_a_home_is_made_once(self):
        code, _, words = ward("init", "--environment", "development", home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("a home already", words)

    def test_production_needs_a_passphrase(self):
        apart = tempfile.mkdtemp(prefix="ward-test-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, apart)
        code, _, words = ward(
            "init", "--environment", "production", "--keys-folder", apart + "/a/keys", home=self.home.folder + "/p/home", check=False)
        self.assertEqual(2, code)
        self.assertIn("--passphrase-file", words)
        # What is refused leaves nothing behind, and takes nothing away that was there.
        self.assertEqual([], os.listdir(apart))
        self.assertFalse(os.path.exists(self.home.folder + "/p"))
        os.makedirs(self.home.folder + "/q/data")
        code, _, words = ward("init", "--environment", "production", home=self.home.folder + "/q", check=False)
        self.assertEqual(2, code)
        self.assertEqual(["data"], os.listdir(self.home.folder + "/q"))

    def test_the_version_is_told(self):
        done = subprocess.run([WARD, "--version"], capture_output=True, text=True, timeout=600)
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stdout, r"^ward \d+\.\d+\.\d+ \(FHIR R4, 4\.0\.1\)\n$")

    def test_log_damaged_stops_the_start(self):
        self.home.add("ada", "clinician")
        subprocess.run(["sqlite3", self.home.home + "/audit/audit.db", "DELETE FROM checkpoint; DELETE FROM tile;"], check=False)
        code, words = serve(self.home.home)
        self.assertEqual(2, code, words)
        self.assertIn("audit", words)


class StartsThatFail(unittest.TestCase):
    def test_no_start_is_told_that_does_not_come(self):
        """A `start` without `stop` says that a server died: what is wrong in the configuration is said before either."""
        with Home() as home:
            home.add("ada", "clinician")
            for settings in [{"URL": "https://127.0.0.1:1"}, {"URL": "https://127.0.0.1:1", "KEY": "junk"}, {"URL": "http://127.0.0.1:1", "KEY": "junk"}]:
                code, words = serve(home.home, env={"WARD_AUDIT_WITNESS_" + name: value for name, value in settings.items()})
                self.assertEqual((2, True), (code, "witness" in words), (settings, words))
            kinds = [line["event"] for line in ward("audit", "show", "--last", "100", home=home.home)[1]]
            self.assertFalse({"start", "stop", "configuration-change"} & set(kinds), kinds)
            home.serve()
            self.assertEqual(0, home.stop())
            kinds = [line["event"] for line in ward("audit", "show", "--last", "100", home=home.home)[1]]
            self.assertTrue({"start", "stop"} <= set(kinds), kinds)


# The library puts a variable of its own into the environment of the first program that loads it, and Swift then finds no arguments: so env is the first.
UNDER = ["/usr/bin/env"]
FAKE_TIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")


@unittest.skipUnless(os.path.exists(FAKE_TIME), "the Debian package faketime is not here: script/bootstrap --test")
class ClockSetBack(unittest.TestCase):
    """Time in the log does not go back: refused at start, 503 while running, and well again when the clock is right."""

    def test_at_start(self):
        with Home() as home:
            home.add("ada", "clinician")
            code, words = serve(home.home, under=UNDER, env={"LD_PRELOAD": FAKE_TIME, "FAKETIME": "-1d"})
            self.assertEqual(2, code, words)
            self.assertIn("the clock of this machine is behind", words)
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])

    def test_ahead_and_set_right(self):
        with Home() as home:
            home.add("ada", "clinician")
            subprocess.run(
                [*UNDER, WARD, "audit", "show", "--home", home.home], check=True, stdout=subprocess.DEVNULL,
                env={**os.environ, "LD_PRELOAD": FAKE_TIME, "FAKETIME": "+3d"})
            code, _, words = ward("user", "list", home=home.home, check=False)
            self.assertEqual(2, code)
            self.assertIn("ward audit accept clock", words)
            ward("audit", "accept", "clock", home=home.home)
            home.serve()
            self.assertEqual(200, home.session("ada").get(home.url + "/fhir/Basic").status_code)
            self.assertEqual(0, home.stop())
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])
            self.assertEqual(0, ward("verify", home=home.home)[0])

    def test_while_running(self):
        with Home() as home:
            home.add("ada", "clinician")
            shift = os.path.join(home.folder, "shift")
            with open(shift, "w") as f:
                f.write("+0")
            home.serve(under=UNDER, env={
                "LD_PRELOAD": FAKE_TIME, "FAKETIME_TIMESTAMP_FILE": shift, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
            session = home.session("ada")
            url = home.url + "/fhir/Basic"
            body = {"resourceType": "Basic", "code": {"text": "x"}}
            id = session.post(url, json=body).json()["id"]
            with open(shift, "w") as f:
                f.write("-20s")  # more than the log suffers, less than a session does
            self.assertEqual(503, session.post(url, json=body).status_code)
            self.assertEqual(503, session.get(f"{url}/{id}").status_code)
            with open(shift, "w") as f:
                f.write("+0")
            self.assertEqual(200, session.get(f"{url}/{id}").status_code)
            self.assertEqual(1, session.get(url).json()["total"])
            home.kill()
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])
            self.assertEqual(0, ward("verify", home=home.home)[0])


@unittest.skipUnless(os.geteuid() == 0, "mounting a folder read-only takes root")
class ReadOnlyAudit(unittest.TestCase):
    """Nothing is served, and nothing lost, where the log cannot be written."""

    def test_read_only_audit_folder(self):
        with Home() as home:
            home.add("ada", "clinician")
            audit = home.home + "/audit"
            if subprocess.run(["mount", "--bind", audit, audit]).returncode != 0:
                self.skipTest("this machine does not let tests mount a folder")
            try:
                subprocess.run(["mount", "-o", "remount,ro,bind", audit], check=True)
                code, words = serve(home.home)
            finally:
                subprocess.run(["umount", "-l", audit])
            self.assertEqual(2, code, words)
            self.assertIn("the audit log (audit/audit.db) cannot be opened", words)
            home.serve()
            home.session("ada")
            home.kill()
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])


@unittest.skipUnless(os.geteuid() == 0, "mounting a small file system takes root")
class SmallDisk(unittest.TestCase):
    """A disk that is full: 503, nothing lost, and well again when there is room."""

    def test_no_room_for_keys(self):
        """The command that would make a key says that the disk is full, and no key is made or lost."""
        with Home() as home:
            home.add("ada", "clinician")
            keys, kept = home.home + "/keys", home.folder + "/kept"
            os.rename(keys, kept)
            os.mkdir(keys, 0o700)
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,nr_inodes=64,mode=700", "tmpfs", keys]).returncode != 0:
                self.skipTest("this machine does not let tests mount a file system")
            try:
                shutil.copytree(kept, keys, dirs_exist_ok=True)
                home.serve()
                fillers = []
                with self.assertRaises(OSError) as full:
                    while len(fillers) < 64:
                        open(f"{keys}/filler{len(fillers)}", "x").close()
                        fillers.append(f"{keys}/filler{len(fillers)}")
                self.assertEqual(errno.ENOSPC, full.exception.errno)
                for key in ("kek", "root", "token", "log"):
                    before = ward("keys", "status", home=home.home)[1]["keys"]
                    code, _, words = ward("keys", "rotate", key, home=home.home, check=False)
                    self.assertEqual(2, code, key)
                    self.assertIn("No space left on device", words, key)
                    self.assertEqual(before, ward("keys", "status", home=home.home)[1]["keys"], key)
                for path in fillers:
                    os.remove(path)
                self.assertEqual(["tenant-1/kek/1"], ward("keys", "rotate", "kek", home=home.home)[1]["destroyed"])
                home.session("ada")
                home.stop()
                self.assertEqual(0, ward("verify", home=home.home)[0])
                self.assertEqual(0, ward("audit", "verify", home=home.home)[0])
            finally:
                home.kill()
                subprocess.run(["umount", "-l", keys])

    def test_full_disk(self):
        with Home() as home:
            home.add("ada", "clinician")
            small = os.path.join(home.folder, "small")
            os.mkdir(small)
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", small]).returncode != 0:
                self.skipTest("this machine does not let tests mount a file system")
            try:
                data = home.home + "/data"
                for name in os.listdir(data):
                    shutil.move(os.path.join(data, name), small)
                os.rmdir(data)
                os.symlink(small, data)
                home.serve()
                session = home.session("ada")
                url = home.url + "/fhir/Basic"
                kept, status = [], 201
                while status == 201:
                    body = {"resourceType": "Basic", "code": {"text": os.urandom(60_000).hex()}}
                    answer = session.post(url, json=body)
                    status = answer.status_code
                    if status == 201:
                        kept.append(answer.json()["id"])
                    self.assertLess(len(kept), 2_000)
                self.assertEqual(503, status)
                # What was acknowledged is still read; or refused, where the session's own time of use can no longer be written.
                for id in kept:
                    self.assertIn(session.get(f"{url}/{id}").status_code, (200, 503))
                home.kill()
                subprocess.run(["mount", "-o", "remount,size=96m", small], check=True)
                home.serve()
                url = home.url + "/fhir/Basic"
                session = home.session("ada")
                self.assertEqual(201, session.post(url, json={"resourceType": "Basic", "code": {"text": "x"}}).status_code)
                for id in kept:
                    self.assertEqual(200, session.get(f"{url}/{id}").status_code)
                self.assertEqual(0, ward("audit", "verify", home=home.home)[0])
                self.assertEqual(0, ward("verify", home=home.home)[0])
                home.kill()
            finally:
                home.kill()
                subprocess.run(["umount", "-l", small])
