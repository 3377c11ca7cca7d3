"""`ward witness` beside a served home: it cosigns what grows, and shows what was set back or forked."""
import contextlib, os, shutil, signal, socket, sqlite3, subprocess, tempfile, threading, time, unittest
import requests
import verify_log
from home import Home, WARD, ward
from receiver import Gate


class WitnessProcess:
    def __init__(self, folder):
        self.home = os.path.join(folder, "witness")
        self.key = ward("witness", "init", "--name", "witness.example/w1", home=self.home)[1]["key"]
        self.process = None
        self.log = open(os.path.join(folder, "witness.log"), "ab")

    def start(self):
        self.process = subprocess.Popen(
            [WARD, "witness", "--home", self.home, "--port", "0"], stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        assert line.startswith("ready https://"), line
        self.url = line.split()[1]
        return self

    @property
    def authority(self):
        return os.path.join(self.home, "tls", "ca.pem")

    def trust(self, home):
        ward("witness", "trust", ward("audit", "proof", "0", home=home.home)[1]["key"], home=self.home)

    @property
    def environment(self):
        """Of a server whose log it watches."""
        return {"WARD_AUDIT_WITNESS_URL": self.url, "WARD_AUDIT_WITNESS_KEY": self.key, "WARD_AUDIT_WITNESS_AUTHORITY": self.authority,
                "WARD_AUDIT_WITNESS_SECONDS": "1"}

    @property
    def verification(self):
        """Flags of a verification that asks it."""
        return ["--witness", self.url, "--witness-key", self.key, "--witness-authority", self.authority]

    def size(self):
        """Leaves of the newest checkpoint that it saw."""
        return max((seen["size"] for seen in ward("witness", "show", home=self.home)[1]["seen"]), default=0)

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process.stdout.close()
            self.process = None

    def add(self, body):
        return requests.post(self.url + "/add-checkpoint", data=body, verify=self.authority, timeout=30)

    def newest(self, origin):
        answer = requests.get(f"{self.url}/{origin.replace('/', '%2F')}/checkpoint", verify=self.authority, timeout=30)
        return answer.content if answer.status_code == 200 else None


class Witnesses(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.folder = tempfile.mkdtemp(prefix="ward-witness-")
        self.witness = WitnessProcess(self.folder)
        self.log_key = ward("audit", "proof", "0", home=self.home.home)[1]["key"]

    def tearDown(self):
        self.witness.stop()
        self.witness.log.close()
        self.home.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self, what, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            value = what()
            if value:
                return value
            time.sleep(0.2)
        self.fail("did not happen")

    def request(self, old):
        return ward("audit", "proof", "--since", str(old), home=self.home.home)[1]["proof"].encode()

    def events(self):
        return [line for line in ward("audit", "show", "--last", "200", home=self.home.home)[1] if line["event"] == "witness"]

    def verify(self, *more, check=False):
        return ward("audit", "verify", *self.witness.verification, *more, home=self.home.home, check=check)

    def test_the_protocol(self):
        self.witness.start()
        origin, _, public = verify_log.key(self.log_key)
        first = self.request(0)
        self.assertEqual(404, self.witness.add(first).status_code, "it trusts nobody yet")
        ward("witness", "trust", self.log_key, home=self.witness.home)
        self.assertEqual(400, self.witness.add(b"old x\n\n").status_code)
        self.assertEqual(400, self.witness.add(b"").status_code)
        answer = self.witness.add(first)
        self.assertEqual(200, answer.status_code, answer.text)
        name, kind, key = verify_log.key(self.witness.key)
        note = first.partition(b"\n\n")[2] + answer.content
        self.assertTrue(verify_log.is_signed(verify_log.parse(note), key, kind, name))
        self.assertTrue(verify_log.is_signed(verify_log.parse(self.witness.newest(origin)), key, kind, name))
        size = verify_log.parse(note).size
        again = self.witness.add(first)
        self.assertEqual((409, f"{size}\n", "text/x.tlog.size"), (again.status_code, again.text, again.headers["Content-Type"]))
        ward("user", "add", "bob", "--role", "auditor", home=self.home.home)
        grown = self.request(size)
        lines = grown.split(b"\n")
        wrong = b"\n".join([lines[0], b"A" * 43 + b"=", *lines[2:]])
        self.assertEqual(422, self.witness.add(wrong).status_code)
        forged = grown.replace(b"\n\n" + origin.encode(), b"\n\n" + origin.encode(), 1)
        at = forged.rfind(b" ") + 20
        forged = forged[:at] + (b"A" if forged[at:at + 1] != b"A" else b"B") + forged[at + 1:]
        self.assertEqual(403, self.witness.add(forged).status_code)
        self.witness.stop()
        self.witness.start()
        self.assertEqual(200, self.witness.add(grown).status_code, "it remembers over a restart")
        self.assertEqual(405, requests.get(self.witness.url + "/add-checkpoint", verify=self.witness.authority).status_code)
        self.assertEqual(413, self.witness.add(b"x" * 100_000).status_code)

        self.nothing_in_clear()

    def nothing_in_clear(self):
        host, port = self.witness.url[8:].split(":")
        with socket.create_connection((host, int(port)), 5) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            plain.settimeout(5)
            try:
                self.assertNotIn(b"HTTP/", plain.recv(1024))
            except (ConnectionError, socket.timeout):
                pass

    def test_a_served_home_is_witnessed(self):
        self.witness.start()
        ward("witness", "trust", self.log_key, home=self.witness.home)
        origin, _, public = verify_log.key(self.log_key)
        self.home.add("ada", "clinician")
        self.home.serve(env=self.witness.environment)
        kept = os.path.join(self.home.home, "data", "audit-witnessed")
        self.wait(lambda: os.path.exists(kept))
        self.assertEqual(0, self.verify(check=True)[0])
        name, kind, key = verify_log.key(self.witness.key)
        # A proof of an entry that the witness saw carries its cosignature.
        proof = ward("audit", "proof", "1", home=self.home.home)[1]["proof"]
        verify_log.verify_proof(proof, public)
        self.assertTrue(verify_log.is_signed(verify_log.parse(proof.encode().partition(b"\n\n")[2]), key, kind, name))
        self.home.stop()
        # What was signed last went there too.
        with contextlib.closing(sqlite3.connect(self.home.home + "/audit/audit.db")) as connection:
            self.assertEqual(connection.execute("SELECT max(size) FROM checkpoint").fetchone()[0], self.witness.size())
        # The witness that the configuration names is asked without being named again, and it is said whether it was.
        configured = lambda: ward("audit", "verify", home=self.home.home, env=self.witness.environment, check=False)
        code, report, _ = configured()
        self.assertEqual((0, "asked", []), (code, report["witness"], report["faults"]))
        os.rename(kept, kept + ".away")
        code, report, _ = configured()
        self.assertEqual((1, [("removed", "witness")]), (code, [(fault["kind"], fault["place"]) for fault in report["faults"]]))
        os.rename(kept + ".away", kept)
        environment = self.witness.environment
        self.witness.stop()
        code, report, _ = ward("audit", "verify", home=self.home.home, env=environment, check=False)
        self.assertEqual((0, True), (code, report["witness"].startswith("not asked: ")))
        self.assertNotIn("witness", ward("audit", "verify", home=self.home.home)[1])

    def test_what_is_wrong_in_its_folder_is_said(self):
        code, _, words = ward("witness", "init", "--name", "ab", home=self.home.home, check=False)
        self.assertEqual((2, True), (code, "is a home of records" in words), words)
        self.assertFalse(os.path.exists(self.home.home + "/seen"))
        ward("witness", "trust", self.log_key, home=self.witness.home)
        seen = os.path.join(self.witness.home, "seen", "0" * 64)

        def write(path, text):
            with open(path, "a") as file:
                file.write(text)

        logs, key = os.path.join(self.witness.home, "logs"), os.path.join(self.witness.home, "key")
        with open(logs) as file:
            trusted = file.read()

        def mend():
            os.chmod(key, 0o600)
            with open(logs, "w") as file:
                file.write(trusted)
            if os.path.exists(seen):
                os.remove(seen)

        for spoil, words in ((lambda: os.chmod(key, 0o644), "mode 0600"), (lambda: write(logs, "junk\n"), "line 2 of the witness's file logs"),
                             (lambda: write(seen, "junk\n"), "seen/" + "0" * 64), (lambda: write(seen, ""), "seen/" + "0" * 64)):
            spoil()
            done = subprocess.run([WARD, "witness", "--home", self.witness.home, "--port", "0"], capture_output=True, text=True, timeout=600)
            self.assertEqual((2, True), (done.returncode, words in done.stderr), done.stderr)
            mend()
        # While it runs, it says so too, and the log tells that it answered and how.
        self.witness.start()
        self.home.serve(env=self.witness.environment)
        self.wait(lambda: self.witness.size())
        for name in os.listdir(os.path.join(self.witness.home, "seen")):
            write(os.path.join(self.witness.home, "seen", name), "junk\n")
        self.wait(lambda: [e for e in self.events() if e.get("reason") == "failing"])
        self.witness.log.flush()
        with open(self.witness.log.name, "rb") as file:
            self.assertIn(b"nothing is cosigned", file.read())
        self.home.stop()

    def test_a_witness_that_is_killed_and_comes_back(self):
        """Told once when it goes and once when it is back; nothing waits for it, and it goes on from what it had kept."""
        gate = Gate()
        self.addCleanup(gate.close)

        def start():
            self.witness.start()
            gate.target = int(self.witness.url.rsplit(":", 1)[1])

        start()
        self.witness.trust(self.home)
        self.home.serve(env={**self.witness.environment, "WARD_AUDIT_WITNESS_URL": f"https://127.0.0.1:{gate.port}"})
        reasons = lambda: [event.get("reason") for event in self.events()]
        wanted, seen = [], 0
        for how in (signal.SIGKILL, signal.SIGTERM):
            self.wait(lambda: self.witness.size() > seen)
            gate.target = None
            self.witness.stop(how)
            seen = self.witness.size()
            wanted.append("unreachable")
            ward("user", "list", home=self.home.home)
            self.wait(lambda: len(reasons()) == len(wanted))
            # It is asked again and again meanwhile, and that is not told again.
            before = gate.connections
            self.wait(lambda: gate.connections > before + 2)
            self.assertEqual(wanted, reasons())
            # What a witness is asked for while it is away, `verify` says it cannot ask; without it the log verifies.
            self.assertEqual(2, self.verify()[0])
            self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])
            start()
            wanted.append(None)
            self.wait(lambda: reasons() == wanted)
            self.assertEqual(0, self.verify(check=True)[0])
        self.assertEqual(0, self.home.stop())

    def test_of_two_logs_that_grew_from_one_it_cosigns_one(self):
        """Both are signed by the log's key and grow from what it saw: sent at once, by many, also while it is killed, it vouches for
        one of them only, and remembers which."""
        self.witness.start()
        self.witness.trust(self.home)
        self.assertEqual(200, self.witness.add(self.request(0)).status_code)
        origin = verify_log.key(self.log_key)[0]
        root = lambda note: (verify_log.parse(note).size, verify_log.parse(note).root)
        one, other = self.home.home, os.path.join(self.folder, "other")
        for round in range(2):
            before = root(self.witness.newest(origin))
            shutil.copytree(one, other, ignore=shutil.ignore_patterns("*.sock"))
            for place in (one, other):
                ward("user", "list", home=place)
            bodies = [ward("audit", "proof", "--since", str(before[0]), home=place)[1]["proof"].encode() for place in (one, other)]
            roots = [root(body.partition(b"\n\n")[2]) for body in bodies]
            self.assertNotEqual(*roots)
            answers = []

            def send(index):
                try:
                    answers.append((index, self.witness.add(bodies[index]).status_code))
                except requests.RequestException:
                    answers.append((index, None))

            def at_once():
                threads = [threading.Thread(target=send, args=(number % 2,)) for number in range(12)]
                for thread in threads:
                    thread.start()
                return threads

            threads = at_once()
            if round == 0:
                time.sleep(0.03)
                self.witness.stop(signal.SIGKILL)
            for thread in threads:
                thread.join()
            if round == 0:
                self.witness.start()
            for thread in at_once():
                thread.join()
            kept = root(self.witness.newest(origin))
            self.assertIn(kept, roots)
            self.assertLessEqual({status for _, status in answers}, {200, 409, None})
            vouched = [index for index, status in answers if status == 200]
            self.assertLessEqual(len(vouched), 1, answers)
            self.assertLessEqual({roots[index] for index in vouched}, {kept}, "it remembers what it said")
            if kept == roots[1]:
                one, other = other, one
            shutil.rmtree(other)
            # Of the one that it holds, the log verifies against it, whole and in part.
            for part in ([], ["--from", "0", "--to", "2"]):
                code, report, _ = ward("audit", "verify", *part, *self.witness.verification, home=one, check=False)
                self.assertEqual(0, code, report)
        # What is not in the form of the protocol is refused, and changes nothing.
        first, newest = bodies[0].split(b"\n"), self.witness.newest(origin)
        for lines, status in (([b"old 99999999999999999999", *first[1:]], 400), ([b"old -1", *first[1:]], 400), ([b"old 01", *first[1:]], 400),
                              ([first[0], *[b"A" * 43 + b"="] * 64, *first[1:]], 400), ([first[0], b"AAAA", *first[1:]], 400),
                              ([b"old 9223372036854775807", *first[1:]], 400), ([b"\xff\xfe", *first[1:]], 400)):
            self.assertEqual(status, self.witness.add(b"\n".join(lines)).status_code, lines[0])
        self.assertEqual(newest, self.witness.newest(origin))

    def test_set_back_with_its_anchor(self):
        """Records, log and anchor are an older copy: only the witness knows better."""
        self.witness.start()
        ward("witness", "trust", self.log_key, home=self.witness.home)
        self.witness.add(self.request(0))
        old = os.path.join(self.folder, "old")
        shutil.copytree(self.home.home, old, ignore=shutil.ignore_patterns("*.sock"))
        size = verify_log.parse(self.witness.newest(verify_log.key(self.log_key)[0])).size
        ward("user", "add", "eve", "--role", "clinician", home=self.home.home)
        self.assertEqual(200, self.witness.add(self.request(size)).status_code)
        shutil.rmtree(self.home.home)
        shutil.copytree(old, self.home.home)
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0], "by itself it is whole")
        shutil.rmtree(self.home.home)
        shutil.copytree(old, self.home.home)
        for part in (["--from", "0", "--to", "1"], []):
            # In a copy: that it was verified is in the log then.
            shutil.rmtree(self.home.home)
            shutil.copytree(old, self.home.home)
            code, report, _ = self.verify(*part)
            self.assertEqual((1, "rolledBack"), (code, report["faults"][0]["kind"]))
        file = os.path.join(self.folder, "word")
        with open(file, "wb") as out:
            out.write(self.witness.newest(verify_log.key(self.log_key)[0]))
        code, report, _ = ward("audit", "verify", "--witness", file, "--witness-key", self.witness.key, home=self.home.home, check=False)
        self.assertEqual((1, "rolledBack"), (code, report["faults"][0]["kind"]))
        other = ward("witness", "init", "--name", "other", home=os.path.join(self.folder, "other"))[1]["key"]
        code, report, _ = ward("audit", "verify", "--witness", file, "--witness-key", other, home=self.home.home, check=False)
        self.assertIn("signature", [fault["kind"] for fault in report["faults"]])
        # Served again, the log says of itself that the witness contradicts it.
        self.home.serve(env=self.witness.environment)
        self.wait(lambda: [e for e in self.events() if e.get("reason") == "contradicted"])
        self.home.stop()
        # The log tells of that by itself, and the witness is asked where the configuration names it.
        code, report, _ = ward("audit", "verify", home=self.home.home, check=False)
        self.assertEqual((1, ["rolledBack"]), (code, [fault["kind"] for fault in report["faults"]]))
        self.assertIn("the witness contradicted the log", report["faults"][0]["what"])
        database, public = os.path.join(self.home.home, "audit", "audit.db"), verify_log.key(self.log_key)[2]
        [fault] = verify_log.verify(database, public)
        self.assertEqual(("rolledBack", True), (fault.kind, "the witness contradicted the log" in fault.what))
        # What the home itself can write is not the witness's word: the anchor in its place ends no contradiction.
        with open(os.path.join(self.home.home, "data", "audit-anchor"), "rb") as anchor:
            forged = anchor.read()
        kept = os.path.join(self.home.home, "data", "audit-witnessed")
        with open(kept, "wb") as out:
            out.write(forged)
        self.witness.stop()
        for env, kinds in ((None, {"rolledBack"}), (self.witness.environment, {"rolledBack", "signature"})):
            code, report, _ = ward("audit", "verify", home=self.home.home, env=env, check=False)
            self.assertEqual((1, kinds), (code, {fault["kind"] for fault in report["faults"]}), report)
        for trusted in (None, verify_log.key(self.witness.key)):
            self.assertEqual(["rolledBack"], [fault.kind for fault in verify_log.verify(database, public, [forged], trusted)])
        # Nor does a server take it for that.
        self.home.serve(env=self.witness.environment)
        self.wait(lambda: [e for e in self.events() if e.get("reason") == "unreachable"])
        self.home.stop()
        code, report, _ = ward("audit", "verify", home=self.home.home, check=False)
        self.assertEqual((1, ["rolledBack"]), (code, [fault["kind"] for fault in report["faults"]]))
        os.remove(kept)
        self.witness.start()
        code, report, _ = ward("audit", "verify", home=self.home.home, env=self.witness.environment, check=False)
        self.assertEqual((1, "asked"), (code, report["witness"]))
        self.assertTrue({"rolledBack", "forked"} & {fault["kind"] for fault in report["faults"]}, report)
        # A lost anchor is not accepted where what else the home keeps shows that the log was set back.
        os.remove(os.path.join(self.home.home, "data", "audit-anchor"))
        code, _, words = ward("audit", "accept", "anchor", home=self.home.home, env=self.witness.environment, check=False)
        self.assertEqual((2, True), (code, "was set back, and that is not accepted" in words), words)
