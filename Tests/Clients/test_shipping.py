"""The audit log in archives apart from it, and rebuilt from them."""
import contextlib, glob, grp, http.client, http.server, json, os, pwd, random, re, shlex, shutil, signal, socket, sqlite3, ssl, stat, subprocess, sys, tempfile
import threading, time, unittest
from unittest import mock
import boto3, requests
from botocore.config import Config
from botocore.exceptions import ClientError
import home as homes
from home import Home, WARD, ward
import verify_log
from receiver import Authority, wait
from test_witness import WitnessProcess


def forget(folder):
    """Removes a folder, immutable files too."""
    subprocess.run(["chattr", "-R", "-i", folder], capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


class Archived(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ward-archive-")
        self.addCleanup(forget, self.folder)
        self.archive = self.folder + "/archive"
        self.home = Home()
        self.addCleanup(self.home.__exit__)
        self.home.add("ada", "clinician")
        self.env = {"WARD_AUDIT_SHIP_FOLDER": self.archive}
        self.database = self.home.home + "/audit/audit.db"

    def write(self, session, count=5):
        for _ in range(count):
            self.assertEqual(201, session.post(self.home.url + "/fhir/Patient", json={"resourceType": "Patient"}).status_code)

    def ship(self, check=True):
        return ward("audit", "ship", home=self.home.home, env=self.env, check=check)

    def restore(self, *more, check=False):
        return ward("audit", "restore", *more, home=self.home.home, env=self.env, check=check)

    def lose(self):
        for path in glob.glob(self.home.home + "/audit/*"):
            shutil.move(path, tempfile.mkdtemp(dir=self.folder))

    def segments(self):
        return sorted(os.path.relpath(path, self.archive) for path in glob.glob(self.archive + "/*/*.segment"))


class InAFolder(Archived):
    def test_shipped_and_rebuilt(self):
        self.home.serve(env=self.env)
        session = self.home.session("ada")
        self.write(session)
        # What is signed is shipped, and that takes a moment.
        status, end = {"delivered": 0}, time.time() + 60
        while status["delivered"] <= 5:
            self.assertLess(time.time(), end, status)
            _, (status,), _ = self.ship()
            self.assertEqual(("folder", None, False), (status["to"], status.get("reason"), status["is_behind"]))
        self.assertEqual(0o400, os.stat(f"{self.archive}/{self.segments()[0]}").st_mode & 0o777)
        self.write(session)
        self.home.kill()
        self.home.serve(env=self.env)
        self.write(self.home.session("ada"))
        self.home.stop()
        # What was there when the server ended is in the archive: the log is lost, and nothing with it.
        before = ward("audit", "show", "--last", "10000", home=self.home.home)[1]
        self.ship()
        code, _, words = self.restore()
        self.assertEqual(2, code)
        self.assertIn("move aside first", words)
        self.lose()
        _, answer, _ = self.restore(check=True)
        self.assertTrue(answer["is_whole"] and answer["is_restored"])
        after = ward("audit", "show", "--last", "10000", home=self.home.home)[1]
        self.assertEqual([line["id"] for line in before], [line["id"] for line in after][:len(before)])
        self.assertIn("restore", [line["event"] for line in after])
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])
        self.assertEqual(0, ward("verify", home=self.home.home)[0])
        self.home.serve(env=self.env)
        self.write(self.home.session("ada"))
        self.ship()
        self.home.stop()
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])

    def test_what_the_archive_did_not_get_is_named(self):
        self.home.serve(env=self.env)
        self.ship()
        session = self.home.session("ada")
        anchor = self.home.home + "/data/audit-anchor"
        was = open(anchor).read()
        self.write(session)
        wait(lambda: open(anchor).read() != was)
        self.home.kill()
        self.lose()
        code, answer, _ = self.restore()
        self.assertEqual((1, ["rolledBack"], False), (code, [fault["kind"] for fault in answer["faults"]], answer["is_restored"]))
        self.assertFalse(os.path.exists(self.database))
        code, answer, _ = self.restore("--accept-loss", check=True)
        self.assertTrue(answer["is_restored"] and not answer["is_whole"])
        last = [line for line in ward("audit", "show", "--last", "20", home=self.home.home)[1] if line["event"] == "restore"][-1]
        self.assertIn("loss=accepted", last["details"])
        # What was lost is told by every verification from now on, also by one without any key, and nothing takes it back.
        key = verify_log.key(ward("audit", "proof", "0", home=self.home.home)[1]["key"])[2]
        for _ in range(2):
            code, report, words = ward("audit", "verify", home=self.home.home, check=False)
            lost = [fault for fault in report["faults"] if fault["kind"] == "lost"]
            self.assertEqual((1, 1), (code, len(lost)), report)
            self.assertRegex(lost[0]["what"], r"^signed entries from number \d+ on were lost, up to the checkpoint of \d+ leaves")
            self.assertFalse(report["is_whole"])
            part = ward("audit", "verify", "--from", "0", "--to", "2", home=self.home.home, check=False)
            self.assertEqual((1, ["lost"]), (part[0], [fault["kind"] for fault in part[1]["faults"]]))
            self.assertIn("lost", [fault.kind for fault in verify_log.verify(self.database, key)])
        with sqlite3.connect(self.database) as connection:
            connection.execute("DELETE FROM loss")
        connection.close()
        for found in ([fault["what"] for fault in ward("audit", "verify", home=self.home.home, check=False)[1]["faults"] if fault["kind"] == "lost"],
                      [fault.what for fault in verify_log.verify(self.database, key) if fault.kind == "lost"]):
            self.assertEqual(1, len(found))
            self.assertIn("the note that tells which is missing", found[0])
        # The archive has the beginning of the log; what was lost stays visible in the numbers of the outbox.
        self.home.serve()
        self.home.stop()

    def test_killed_while_it_ships(self):
        """Killed at any moment, again and again: each entry is in one segment, and the log is rebuilt from them."""
        chance = random.Random(int(os.environ.get("TEST_SEED", time.time())))
        command = [WARD, "audit", "ship", "--home", self.home.home, "--output", "json"]
        for _ in range(8):
            ward("user", "list", home=self.home.home)
            shipping = subprocess.Popen(command, env={**os.environ, **self.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 1))
            shipping.kill()
            shipping.wait()
        self.ship()
        end = 0
        for name in self.segments():
            with open(f"{self.archive}/{name}", "rb") as file:
                head = file.read(36)
            self.assertEqual((b"WARDSEG1", end), (head[:8], int.from_bytes(head[12:20], "big")), "no gap, and nothing twice")
            end = int.from_bytes(head[20:28], "big")
        before = ward("audit", "show", "--last", "1000", home=self.home.home)[1]
        self.assertLessEqual(end, len(before))
        self.ship()
        self.lose()
        self.assertTrue(self.restore(check=True)[1]["is_whole"])
        after = ward("audit", "show", "--last", "1000", home=self.home.home)[1]
        self.assertEqual([line["id"] for line in before], [line["id"] for line in after][:len(before)])

    def test_a_rebuilt_log_is_held_against_the_witness(self):
        """The anchor is lost with the log: what the archive did not get, only the witness knows."""
        witness = WitnessProcess(self.folder)
        self.addCleanup(witness.log.close)
        self.addCleanup(witness.stop)
        witness.trust(self.home)
        witness.start()
        cosign = lambda since: witness.add(ward("audit", "proof", "--since", str(since), home=self.home.home)[1]["proof"].encode()).status_code
        self.ship()
        self.assertEqual(200, cosign(0))
        size = witness.size()
        self.ship()
        whole = self.folder + "/whole"
        shutil.copytree(self.home.home, whole, ignore=shutil.ignore_patterns("*.sock"))
        self.lose()
        self.assertTrue(self.restore(*witness.verification, check=True)[1]["is_whole"])
        shutil.rmtree(self.home.home)
        shutil.copytree(whole, self.home.home)
        ward("user", "list", home=self.home.home)
        self.assertEqual(200, cosign(size))
        self.lose()
        os.remove(self.home.home + "/data/audit-anchor")
        code, answer, _ = self.restore(*witness.verification)
        self.assertEqual((1, ["rolledBack"], False), (code, [fault["kind"] for fault in answer["faults"]], answer["is_restored"]))
        self.assertFalse(os.path.exists(self.database))
        witness.stop()
        self.assertEqual(2, self.restore(*witness.verification)[0], "a witness that is away is no agreement")
        self.assertFalse(os.path.exists(self.database))
        witness.start()
        _, answer, _ = self.restore("--accept-loss", *witness.verification, check=True)
        self.assertTrue(answer["is_restored"] and not answer["is_whole"])
        # For ever: by the log itself, and by the witness, which holds what was lost.
        self.assertEqual(["lost"], [fault["kind"] for fault in ward("audit", "verify", home=self.home.home, check=False)[1]["faults"]])
        code, report, _ = ward("audit", "verify", *witness.verification, home=self.home.home, check=False)
        self.assertEqual(1, code)
        self.assertTrue({"rolledBack", "forked"} & {fault["kind"] for fault in report["faults"]}, report)

    def test_an_archive_that_was_tampered_with(self):
        for _ in range(3):
            ward("user", "list", home=self.home.home)
            self.ship()
        names = self.segments()
        self.assertGreaterEqual(len(names), 3)
        subprocess.run(["chattr", "-R", "-i", self.archive], capture_output=True)
        self.lose()
        aside = self.folder + "/aside"
        shutil.move(f"{self.archive}/{names[1]}", aside)
        code, _, words = self.restore()
        self.assertEqual(2, code)
        self.assertIn(f"{names[2]}: a segment of the archive is missing", words)
        # What proves nothing is named and passed over: a name that is one, in the place of one that is missing and beside others.
        for name in (names[1], names[0][:-8] + ".1.segment"):
            with open(f"{self.archive}/{name}", "wb") as f:
                f.write(b"junk")
        code, _, words = self.restore()
        self.assertEqual((2, True, True), (code, f"{names[1]}: this is no segment" in words, f"{names[2]}: a segment of the archive is missing" in words))
        os.remove(f"{self.archive}/{names[1]}")
        self.assertNotIn("ward audit verify", words)
        code, _, words = self.restore("--from", self.archive + "-of-nobody")
        self.assertEqual((2, True), (code, "there is no such folder" in words))
        # Nothing else puts an empty log where one was.
        for command in (("user", "list"), ("audit", "show"), ("audit", "accept", "anchor")):
            code, _, words = ward(*command, home=self.home.home, check=False)
            self.assertEqual((2, True), (code, "the audit log is missing" in words), words)
        code, report, _ = ward("audit", "verify", home=self.home.home, check=False)
        self.assertEqual((1, ["removed"]), (code, [fault["kind"] for fault in report["faults"]]))
        self.assertEqual([], glob.glob(self.home.home + "/audit/audit.db*"))
        with open(aside, "rb") as f:
            changed = bytearray(f.read())
        changed[-20] ^= 1
        with open(f"{self.archive}/{names[1]}", "wb") as f:
            f.write(changed)
        code, _, words = self.restore()
        self.assertEqual(2, code)
        self.assertIn(f"{names[1]}: a segment of the log is not what was signed", words)
        self.assertEqual([], glob.glob(self.home.home + "/audit/audit.db*"))
        os.remove(f"{self.archive}/{names[1]}")
        shutil.move(aside, f"{self.archive}/{names[1]}")
        _, answer, _ = self.restore(check=True)
        self.assertTrue(answer["is_whole"])
        self.assertEqual([names[0][:-8] + ".1.segment: this is no segment of an audit log"], answer["passed_over"])

    def test_what_the_archive_lost_is_told_and_shipped_again(self):
        for _ in range(3):
            ward("user", "list", home=self.home.home)
            self.ship()
        names = self.segments()
        subprocess.run(["chattr", "-R", "-i", self.archive], capture_output=True)
        os.remove(f"{self.archive}/{names[0]}")
        with open(f"{self.archive}/{names[1]}", "ab") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(b"x")
        self.home.serve(env=self.env)
        code, (status,), _ = self.ship(check=False)
        self.assertEqual([names[0] + ": is not there any more", names[1] + ": this is no segment of an audit log"], status["findings"])
        self.assertEqual(1, code, "a finding is nothing that a task of every night may pass over")
        told = [line for line in ward("audit", "show", "--last", "100", home=self.home.home)[1] if line.get("reason") == "archive-differs"]
        self.assertEqual({"delivery"}, {line["event"] for line in told})
        self.assertEqual(2, sum(line["count"] for line in told))
        self.home.stop()
        self.lose()
        code, answer, words = self.restore()
        self.assertEqual((0, True), (code, answer and answer["is_whole"]), (answer, words))

    def test_what_a_shipping_tells_is_shipped_with_it(self):
        """Else the archive would lack the end of the log for ever, where a finding stays there."""
        for _ in range(2):
            ward("user", "list", home=self.home.home)
            self.ship()
        name = self.segments()[0]
        subprocess.run(["chattr", "-R", "-i", self.archive], capture_output=True)
        with open(f"{self.archive}/{name}", "ab") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(b"x")
        code, (status,), _ = self.ship(check=False)
        self.assertEqual((1, [name + ": this is no segment of an audit log"], 0), (code, status["findings"], status["waiting"]))
        self.lose()
        code, answer, words = self.restore()
        self.assertEqual((0, True), (code, answer and answer["is_whole"]), (answer, words))

    def test_a_restore_that_was_killed_is_finished(self):
        """Wherever it is killed: there is no log, or one that tells of the loss and has its anchor."""
        ward("user", "list", home=self.home.home)
        self.ship()
        ward("user", "list", home=self.home.home)
        self.lose()
        anchor = self.home.home + "/data/audit-anchor"
        with open(anchor) as f:
            lost = f.read()
        chance = random.Random(int(os.environ.get("TEST_SEED", time.time())))
        command = [WARD, "audit", "restore", "--accept-loss", "--home", self.home.home, "--output", "json"]
        for _ in range(6):
            running = subprocess.Popen(command, env={**os.environ, **self.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 1.2))
            running.kill()
            running.wait()
            if os.path.exists(self.database):
                break
        if not os.path.exists(self.database):
            self.assertTrue(self.restore("--accept-loss", check=True)[1]["is_restored"])
        with open(anchor) as f:
            found = f.read()
        whole = self.folder + "/whole"
        shutil.copy(self.database, whole)
        self.tells_of_the_loss()
        # Killed before it was put into its place, and before the anchor was set: the same words finish it.
        for is_anchored in (True, False):
            self.leave(whole, "accept-loss")
            with open(anchor, "w") as f:
                f.write(found if is_anchored else lost)
            _, answer, _ = self.restore("--accept-loss", check=True)
            self.assertEqual((True, 0), (answer["is_restored"], answer["segments"]), answer)
            with open(anchor) as f:
                self.assertEqual(found, f.read())
            self.tells_of_the_loss()
        # Other words do not: nothing was rebuilt from what they name, and they do not accept the loss. The anchor is what it was.
        for words, more in (("accept-loss", ()), ("whole", ("--accept-loss",)), ("accept-loss", ("--accept-loss", "--from", self.archive))):
            for is_anchored in (True, False):
                self.leave(whole, words)
                with open(anchor, "w") as f:
                    f.write(found if is_anchored else lost)
                code, answer, _ = self.restore(*more)
                self.assertEqual((0, True) if more else (1, False), (code, answer["is_restored"]), (words, more, is_anchored))
                self.assertGreater(answer["segments"], 0)
                self.assertFalse(os.path.exists(self.database + ".restoring"))
                if not more:
                    with open(anchor) as f:
                        self.assertEqual(lost, f.read())
        # Killed before that, it begins anew, and somebody must accept the loss.
        self.leave(whole, "whole")
        with contextlib.closing(sqlite3.connect(self.database + ".restoring")) as connection:
            connection.execute("DELETE FROM entry WHERE position = (SELECT max(position) FROM entry)")
            connection.commit()
        with open(anchor, "w") as f:
            f.write(lost)
        self.assertEqual(1, self.restore()[0])
        self.assertEqual([], glob.glob(self.database + "*"))

    def leave(self, whole, words):
        """Leaves what a restore of the configured archive had made before it was killed."""
        self.lose()
        shutil.copy(whole, self.database + ".restoring")
        with open(self.database + ".restoring-words", "w") as f:
            f.write(f"ward restore 1\nconfigured\n{words}\n")

    def test_nothing_of_the_old_log_is_removed(self):
        """After a crash the newest signed entries lie in the write-ahead log alone."""
        self.home.serve(env=self.env)
        self.write(self.home.session("ada"))
        self.ship()
        self.home.kill()
        old = sorted(glob.glob(self.database + "*"))
        self.assertIn(self.database + "-wal", old)
        while old:
            code, _, words = self.restore("--accept-loss")
            self.assertEqual((2, True), (code, all(path in words for path in old) and "together" in words), words)
            self.assertEqual(old, sorted(glob.glob(self.database + "*")))
            shutil.move(old.pop(0), tempfile.mkdtemp(dir=self.folder))
        self.assertTrue(self.restore("--accept-loss", check=True)[1]["is_restored"])

    def take_over(self, into, *source):
        key = getattr(self, "key", None) or ward("audit", "proof", "0", home=self.home.home)[1]["key"]
        self.key = key
        done = subprocess.run(
            [WARD, "audit", "archive", *source, "--key", key, "--into", into, "--output", "json"], capture_output=True, text=True, timeout=60)
        return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr

    def test_a_hole_is_named_by_who_takes_over(self):
        self.key = ward("audit", "proof", "0", home=self.home.home)[1]["key"]
        for _ in range(3):
            ward("user", "list", home=self.home.home)
            self.ship()
        names, into = self.segments(), self.folder + "/own"
        subprocess.run(["chattr", "-R", "-i", self.archive], capture_output=True)
        aside = self.folder + "/aside"
        shutil.move(f"{self.archive}/{names[1]}", aside)
        code, answer, _ = self.take_over(into, "--from", self.archive)
        first = int(names[0].split("-")[1].split(".")[0])
        self.assertEqual((1, first), (code, answer["archived"]))
        self.assertEqual([f"{names[1]}: is missing: nothing that lies behind it is taken"], answer["findings"])
        shutil.move(aside, f"{self.archive}/{names[1]}")
        code, answer, _ = self.take_over(into, "--from", self.archive)
        self.assertEqual((0, []), (code, answer["findings"]))
        self.lose()
        self.assertTrue(self.restore("--from", into, check=True)[1]["is_whole"])

    def test_what_is_no_file_is_not_archived(self):
        victim, log = self.folder + "/victim", self.folder + "/log"
        with open(victim, "w") as f:
            f.write("x")
        os.chmod(victim, 0o644)
        os.mkdir(log)
        self.take_over(self.folder + "/own", "--log", log)
        for make in (lambda path: os.symlink(victim, path), os.mkfifo, os.mkdir):
            make(log + "/audit.db")
            code, _, words = self.take_over(self.folder + "/own", "--log", log)
            self.assertEqual((2, True), (code, "audit.db: is no regular file" in words), words)
            os.rename(log + "/audit.db", tempfile.mktemp(dir=self.folder))
        self.assertEqual(0o644, stat.S_IMODE(os.stat(victim).st_mode))

    def tells_of_the_loss(self):
        """The note alone can be taken away; the entry cannot."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.execute("DELETE FROM loss")
            connection.commit()
        code, report, _ = ward("audit", "verify", home=self.home.home, check=False)
        self.assertEqual((1, ["lost"]), (code, [fault["kind"] for fault in report["faults"]]))

    def test_a_log_that_was_set_back_is_not_shipped(self):
        old = self.folder + "/old"
        ward("user", "list", home=self.home.home)
        shutil.copytree(self.home.home, old)
        ward("user", "list", home=self.home.home)
        self.ship()
        names = self.segments()
        shutil.rmtree(self.home.home)
        shutil.copytree(old, self.home.home)
        code, (status,), _ = self.ship(check=False)
        self.assertEqual(1, code)
        self.assertIn("set back", status["reason"])
        self.assertEqual(names, self.segments())


@unittest.skipUnless(os.geteuid() == 0, "only root can act as another account")
class AnotherAccount(Archived):
    """An account that may read the log, and append to an archive that is its own."""

    def setUp(self):
        super().setUp()
        self.account = pwd.getpwnam("nobody")
        self.group = grp.getgrgid(self.account.pw_gid).gr_name
        for folder in (self.folder, self.home.folder):
            os.chmod(folder, 0o711)
        self.program = self.folder + "/ward"
        shutil.copy(WARD, self.program)

    def as_other(self, *command):
        return subprocess.run(
            command, capture_output=True, text=True, timeout=600, user=self.account.pw_uid, group=self.account.pw_gid, extra_groups=[],
            cwd="/")

    def modes(self):
        found = {}
        for folder, folders, files in os.walk(self.home.home):
            for name in folders + files:
                path = os.path.join(folder, name)
                found[os.path.relpath(path, self.home.home)] = stat.S_IMODE(os.lstat(path).st_mode)
        return found

    def test_modes(self):
        self.home.serve()
        public = {"tls/ca.pem", "tls/cert.pem"}
        self.assertEqual({}, {path: oct(mode) for path, mode in self.modes().items() if mode & 0o077 and path not in public})
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.home.home).st_mode))
        self.home.stop()
        self.home.serve(env={"WARD_AUDIT_GROUP": self.group})
        self.assertEqual(0o710, stat.S_IMODE(os.stat(self.home.home).st_mode))
        shared = {path: oct(mode) for path, mode in self.modes().items() if mode & 0o077 and path not in public}
        self.assertEqual(
            {"audit": "0o2750", "audit/audit.db": "0o640", "audit/audit.db-shm": "0o640", "audit/audit.db-wal": "0o640"}, shared)
        for path in ("data", "keys", "tls", "run"):
            self.assertNotEqual(0, self.as_other("ls", f"{self.home.home}/{path}").returncode, path)
        for path in ("ward.yaml", "audit/index.db"):
            self.assertNotEqual(0, self.as_other("cat", f"{self.home.home}/{path}").returncode, path)
        self.assertNotEqual(0, self.as_other("sh", "-c", f"echo x >> {self.database}").returncode)
        self.assertNotEqual(0, self.as_other("rm", "-f", self.database).returncode)
        self.assertNotEqual(0, self.as_other("touch", self.home.home + "/audit/new").returncode)
        self.assertEqual(0, self.as_other("head", "-c", "16", self.database).returncode)

    def test_it_takes_over_what_the_server_hands_out(self):
        """An account that reads nothing of the home, and whose archive the server cannot reach."""
        key = ward("audit", "proof", "0", home=self.home.home)[1]["key"]
        handed, self.archive = self.archive, self.folder + "/own"
        os.mkdir(self.archive, 0o700)
        os.chown(self.archive, self.account.pw_uid, self.account.pw_gid)
        self.env["WARD_AUDIT_SHIP_GROUP"] = self.group
        command = [self.program, "audit", "archive", "--from", handed, "--key", key, "--into", self.archive]
        self.home.serve(env=self.env)
        for count in (1, 2):
            self.write(self.home.session("ada"))
            self.ship()
            done = self.as_other(*command)
            self.assertEqual(0, done.returncode, done.stderr)
            self.assertLessEqual(count, len(self.segments()))
        for name in self.segments():
            self.assertEqual((0o400, self.account.pw_uid), (stat.S_IMODE(os.stat(f"{self.archive}/{name}").st_mode), os.stat(f"{self.archive}/{name}").st_uid))
        # It reads segments, and writes none there; of the home it reads nothing, so that no lock of its can hold the server up.
        for words in (f"touch {handed}/x", f"touch {handed}/2026/x", f"rm -f {handed}/*/*.segment", f"ls {self.home.home}", f"ls {self.home.home}/audit"):
            self.assertNotEqual(0, self.as_other("sh", "-c", words.replace("2026", str(time.gmtime().tm_year))).returncode, words)
        self.assertEqual({}, {path: oct(mode) for path, mode in self.modes().items() if mode & 0o070 and not path.startswith("tls/")})
        self.home.stop()
        self.assertEqual(0, self.as_other(*command).returncode)
        self.lose()
        code, answer, _ = self.restore("--from", self.archive)
        self.assertEqual((0, True), (code, answer["is_whole"]))

    def test_it_archives(self):
        key = ward("audit", "proof", "0", home=self.home.home)[1]["key"]
        os.mkdir(self.archive, 0o700)
        os.chown(self.archive, self.account.pw_uid, self.account.pw_gid)
        command = [self.program, "audit", "archive", "--log", self.home.home + "/audit", "--key", key, "--into", self.archive]
        self.home.serve(env={"WARD_AUDIT_GROUP": self.group})
        done = self.as_other(*command)
        self.assertEqual(0, done.returncode, done.stderr)
        self.write(self.home.session("ada"))
        done = self.as_other(*command)
        self.assertEqual(0, done.returncode, done.stderr)
        # What was signed while a call ran may be a segment of its own.
        self.assertLessEqual(2, len(self.segments()))
        for name in self.segments():
            status = os.stat(f"{self.archive}/{name}")
            self.assertEqual((0o400, self.account.pw_uid), (stat.S_IMODE(status.st_mode), status.st_uid))
        other = ward("witness", "init", "--name", "x", home=self.folder + "/w")[1]["key"]
        self.assertNotEqual(0, self.as_other(*command[:6], other, *command[7:]).returncode, "another key")
        with Home() as stranger:
            other = ward("audit", "proof", "0", home=stranger.home)[1]["key"]
        self.assertIn("--key is of the log audit.", self.as_other(*command[:6], other, *command[7:]).stderr)
        self.home.stop()
        self.lose()
        code, answer, _ = self.restore("--from", self.archive, "--accept-loss")
        self.assertEqual((0, True), (code, answer["is_restored"]))


UNITS = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "operating", "systemd")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root can act as other accounts, with setpriv")
class AsTheUnitsSay(Archived):
    """Server and archive as two accounts, neither of them root, with the command lines and the rights of the documented units."""

    def setUp(self):
        super().setUp()
        self.server, self.archivist = pwd.getpwnam("daemon"), pwd.getpwnam("nobody")
        self.group = grp.getgrgid(self.archivist.pw_gid).gr_name
        for folder in (self.folder, self.home.folder):
            os.chmod(folder, 0o755)
        self.program = self.folder + "/ward"
        shutil.copy(WARD, self.program)
        os.mkdir(self.archive, 0o700)
        os.chown(self.archive, self.archivist.pw_uid, self.archivist.pw_gid)
        self.handed = self.folder + "/handed"
        os.mkdir(self.handed)
        os.chown(self.handed, self.server.pw_uid, self.archivist.pw_gid)
        os.chmod(self.handed, 0o750)
        for folder, _, files in os.walk(self.home.home):
            for path in [folder] + [os.path.join(folder, name) for name in files]:
                os.lchown(path, self.server.pw_uid, self.server.pw_gid)

    @staticmethod
    def unit(name):
        with open(os.path.join(UNITS, name)) as file:
            pairs = re.findall(r"^([A-Za-z]+)=(.*)$", file.read(), re.M)
        return {key: value for key, value in pairs}

    def under(self, unit, account, groups):
        """What systemd gives to a service of this unit: account, groups, capabilities, no new privileges."""
        capability = unit["CapabilityBoundingSet"].lower().replace("cap_", "+")
        self.assertEqual(unit.get("AmbientCapabilities", ""), unit["CapabilityBoundingSet"])
        self.assertEqual("yes", unit["NoNewPrivileges"])
        given = f"-all,{capability}".rstrip(",")
        return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", groups, f"--inh-caps={given}",
                f"--ambient-caps={given}", f"--bounding-set={given}", "--no-new-privs", "--"]

    def as_other(self, account, *command, groups="--clear-groups"):
        return subprocess.run(
            ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", groups, "--", *command], capture_output=True, text=True,
            timeout=600, cwd="/")

    def serve(self):
        unit = self.unit("ward.service")
        self.assertIn("serve --home /var/lib/ward", unit["ExecStart"])
        with mock.patch.object(homes, "WARD", self.program):
            self.home.serve(
                env={"WARD_AUDIT_SHIP_FOLDER": self.handed, "WARD_AUDIT_SHIP_GROUP": self.group}, under=self.under(unit, self.server, f"--groups={self.archivist.pw_gid}"))

    def count(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchone()[0]

    def entries(self):
        return self.count("SELECT count(*) FROM entry")

    def signed(self):
        """How many entries the newest checkpoints reach, over all years."""
        return self.count("SELECT sum(size) FROM (SELECT max(size) AS size FROM checkpoint GROUP BY year)")

    def archiving(self):
        unit = self.unit("ward-audit-archive.service")
        line = unit["ExecStart"].replace("${LOG_VERIFIER}", self.key).replace("/usr/bin/ward", self.program)
        line = line.replace("/var/lib/ward-audit", self.archive).replace("/var/spool/ward-segments", self.handed)
        self.assertIn("--every 60", line)
        process = subprocess.Popen(
            self.under(unit, self.archivist, "--clear-groups") + shlex.split(line.replace("--every 60", "--every 1")), cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def hand_out(self):
        done = self.as_other(self.server, self.program, "audit", "ship", "--home", self.home.home)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_two_accounts(self):
        self.serve()
        session = self.home.session("ada")
        self.key = ward("audit", "proof", "0", home=self.home.home)[1]["key"]
        process = self.archiving()
        for _ in range(2):
            count = len(self.segments())
            self.write(session)
            self.hand_out()
            wait(lambda: len(self.segments()) > count)
        # Killed in the middle, it goes on; and so it does where the server was killed.
        process.kill()
        process.wait()
        count, before = len(self.segments()), self.entries()
        self.write(session)
        # What nobody signed yet is no part of the log that others may read.
        wait(lambda: before < self.entries() == self.signed())
        self.hand_out()
        self.home.kill()
        process = self.archiving()
        wait(lambda: len(self.segments()) > count)
        self.serve()
        session = self.home.session("ada")
        # The account of the archive reads what is handed out and nothing of the home, and changes nothing.
        home, last = self.home.home, f"{self.archive}/{self.segments()[-1]}"
        for command in (f"echo x >> {self.database}", f"rm -f {self.database}", f"touch {home}/audit/x", f"touch {home}/x", f"chmod 777 {home}/audit",
                        f"ls {home}/data", f"ls {home}/keys", f"cat {home}/ward.yaml", f"cat {home}/audit/index.db", f"ls {home}", f"ls {home}/audit",
                        f"cat {self.database}", f"touch {self.handed}/x", f"rm -f {self.handed}/*/*", f"rm -rf {self.handed}"):
            self.assertNotEqual(0, self.as_other(self.archivist, "sh", "-c", command).returncode, command)
        self.assertEqual(0, self.as_other(self.archivist, "sh", "-c", f"head -c 16 {self.handed}/*/*.segment > /dev/null").returncode)
        # The account of the server reaches no segment; where files can be immutable, not even the account of the archive changes one.
        for command in (f"ls {self.archive}", f"cat {last}", f"rm -rf {self.archive}/*", f"touch {self.archive}/x"):
            self.assertNotEqual(0, self.as_other(self.server, "sh", "-c", command, groups=f"--groups={self.archivist.pw_gid}").returncode, command)
        wait(lambda: os.stat(last).st_mode & 0o777 == 0o400)
        flags = subprocess.run(["lsattr", last], capture_output=True, text=True).stdout.split(" ")[0]
        if "i" in flags:
            for command in (f"rm -f {last}", f"chmod 600 {last}", f"mv {last} {last}.x"):
                self.assertNotEqual(0, self.as_other(self.archivist, "sh", "-c", command).returncode, command)
        self.write(session)
        self.assertEqual(0, self.home.stop())
        # What the server wrote last is archived although it is gone: all of the log is there.
        with sqlite3.connect(f"file:{self.database}?immutable=1", uri=True) as connection:
            entries = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
        connection.close()

        def archived():
            ends = []
            for name in self.segments():
                with open(f"{self.archive}/{name}", "rb") as file:
                    ends.append(int.from_bytes(file.read(28)[20:], "big"))
            return max(ends) == entries

        wait(archived)
        process.kill()
        self.assertNotIn("Fatal", process.stderr.read())
        # Of that archive the log is rebuilt.
        self.lose()
        code, answer, _ = self.restore("--from", self.archive)
        self.assertEqual((0, True), (code, answer["is_whole"]))


class Liar(http.server.BaseHTTPRequestHandler):
    """Stands before the service and lets an answer say what it should not: `lie` changes status and headers of an answer."""

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        to = http.client.HTTPSConnection("127.0.0.1", self.server.target, context=ssl._create_unverified_context(), timeout=60)
        to.request(self.command, self.path, body, dict(self.headers))
        answer = to.getresponse()
        content, headers = answer.read(), dict(answer.getheaders())
        status = self.server.lie(self.command, self.path, answer.status, headers)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        to.close()

    do_GET = do_PUT = do_DELETE = do_HEAD = pass_on

    def log_message(self, *_):
        pass


class InABucket(Archived):
    def setUp(self):
        super().setUp()
        self.certificate, key = Authority(self.folder, "authority").issue("moto")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), "-c", self.certificate, "-k", key],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.url, authority = f"https://127.0.0.1:{port}", self.folder + "/authority.pem"
        self.s3 = boto3.client(
            "s3", endpoint_url=self.url, region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test",
            verify=authority, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}))

        def answers():
            try:
                return requests.get(self.url + "/moto-api/", verify=authority, timeout=10).status_code
            except requests.RequestException:
                return None

        wait(answers)
        credentials = self.folder + "/credentials"
        with open(os.open(credentials, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("[default]\naws_access_key_id = test\naws_secret_access_key = test\n")
        self.env = {
            "WARD_AUDIT_SHIP_S3_BUCKET": "audit", "WARD_AUDIT_SHIP_S3_REGION": "eu-central-1", "WARD_AUDIT_SHIP_S3_ENDPOINT": self.url,
            "WARD_AUDIT_SHIP_S3_CA_FILE": authority, "WARD_AUDIT_SHIP_S3_CREDENTIALS_FILE": credentials}
        self.place = {"LocationConstraint": "eu-central-1"}

    def test_a_bucket_without_object_lock_is_refused(self):
        code, (status,), _ = self.ship(check=False)
        self.assertEqual((1, True), (code, "there is no bucket of that name" in status["reason"]), status)
        with mock.patch.dict(self.env, WARD_AUDIT_SHIP_S3_CA_FILE="/nope"):
            code, _, words = self.ship(check=False)
        self.assertEqual((2, True), (code, "audit.ship.s3.ca_file" in words), words)
        self.s3.create_bucket(Bucket="audit", CreateBucketConfiguration=self.place)
        code, (status,), _ = self.ship(check=False)
        self.assertEqual(1, code)
        self.assertIn("no object lock", status["reason"])
        self.assertEqual(0, self.s3.list_objects_v2(Bucket="audit")["KeyCount"])

    def test_a_service_whose_lock_does_not_hold_is_refused(self):
        """Before anything is shipped: a locked object that can be removed, a lock that its owner can lift, one that ends early."""
        self.s3.create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True, CreateBucketConfiguration=self.place)
        between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.folder + "/moto.key")
        between.socket = context.wrap_socket(between.socket, server_side=True)
        between.target = int(self.url.rsplit(":", 1)[1])
        threading.Thread(target=between.serve_forever, daemon=True).start()
        self.addCleanup(between.server_close)
        self.addCleanup(between.shutdown)
        self.env["WARD_AUDIT_SHIP_S3_ENDPOINT"] = f"https://127.0.0.1:{between.server_address[1]}"

        def set(headers, name, value):
            for key in list(headers):
                if key.lower() == name:
                    headers[key] = value

        def removable(method, path, status, headers):
            return 204 if method == "DELETE" else status

        def governed(method, path, status, headers):
            set(headers, "x-amz-object-lock-mode", "GOVERNANCE")
            return status

        def short(method, path, status, headers):
            set(headers, "x-amz-object-lock-retain-until-date", "2001-01-01T00:00:00Z")
            return status

        for lie, words in ((removable, "let a locked object be removed"), (governed, "not locked in compliance mode"), (short, "for as long as was asked")):
            between.lie = lie
            code, (status,), _ = self.ship(check=False)
            self.assertEqual(1, code, lie)
            self.assertIn(words, status["reason"])
            self.assertEqual([], self.locked())
        between.lie = lambda method, path, status, headers: status
        self.ship()
        self.assertEqual(1, len(self.locked()))

    def locked(self):
        return [v for v in self.s3.list_object_versions(Bucket="audit")["Versions"] if v["Key"].endswith(".segment")]

    def test_locked_and_rebuilt(self):
        self.s3.create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True, CreateBucketConfiguration=self.place)
        self.ship()
        self.home.serve(env=self.env)
        self.write(self.home.session("ada"))
        end = time.time() + 60
        while len(self.locked()) < 2:
            self.assertLess(time.time(), end)
            self.ship()
        self.home.stop()
        self.ship()
        segments = self.locked()
        self.assertGreaterEqual(len(segments), 3)
        for version in segments:
            lock = self.s3.head_object(Bucket="audit", Key=version["Key"], VersionId=version["VersionId"])
            self.assertEqual("COMPLIANCE", lock["ObjectLockMode"])
            self.assertGreater(lock["ObjectLockRetainUntilDate"].timestamp(), time.time() + 6 * 365 * 86400)
            with self.assertRaises(ClientError):
                self.s3.delete_object(Bucket="audit", Key=version["Key"], VersionId=version["VersionId"])
        # A delete marker and a later version hide nothing.
        self.s3.delete_object(Bucket="audit", Key=segments[0]["Key"])
        self.s3.put_object(Bucket="audit", Key=segments[1]["Key"], Body=b"something else")
        self.lose()
        self.assertTrue(self.restore(check=True)[1]["is_whole"])
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])
        self.ship()

    def test_a_service_that_is_away_holds_nothing_up(self):
        self.s3.create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True, CreateBucketConfiguration=self.place)
        self.ship()
        self.server.kill()
        self.server.wait()
        self.home.serve(env={**self.env, "WARD_AUDIT_ALARM_MINUTES": "0"})
        self.write(self.home.session("ada"))
        ready = lambda: requests.get(self.home.url + "/health/ready", verify=self.home.authority, timeout=60)
        answer = wait(lambda: "warnings" in ready().json() and ready())
        self.assertEqual((200, ["audit-s3"]), (answer.status_code, answer.json()["warnings"]))
        self.home.stop()
