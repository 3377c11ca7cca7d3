"""The audit log in archives apart from it, and rebuilt from them."""
import glob, grp, os, pwd, shutil, socket, sqlite3, stat, subprocess, sys, tempfile, time, unittest
import boto3, requests
from botocore.config import Config
from botocore.exceptions import ClientError
from home import Home, WARD, ward
import verify_log
from receiver import Authority, wait


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
        self.assertIn("move it aside", words)
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
        self.assertIn("missing", words)
        with open(aside, "rb") as f:
            changed = bytearray(f.read())
        changed[-20] ^= 1
        with open(f"{self.archive}/{names[1]}", "wb") as f:
            f.write(changed)
        code, _, words = self.restore()
        self.assertEqual(2, code)
        self.assertIn("not what was signed", words)
        self.assertEqual([], glob.glob(self.home.home + "/audit/audit.db*"))
        os.remove(f"{self.archive}/{names[1]}")
        shutil.move(aside, f"{self.archive}/{names[1]}")
        self.assertTrue(self.restore(check=True)[1]["is_whole"])

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
            command, capture_output=True, text=True, timeout=120, user=self.account.pw_uid, group=self.account.pw_gid, extra_groups=[],
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
        self.assertEqual(2, len(self.segments()))
        for name in self.segments():
            status = os.stat(f"{self.archive}/{name}")
            self.assertEqual((0o400, self.account.pw_uid), (stat.S_IMODE(status.st_mode), status.st_uid))
        other = ward("witness", "init", "--name", "x", home=self.folder + "/w")[1]["key"]
        self.assertNotEqual(0, self.as_other(*command[:6], other, *command[7:]).returncode, "another key")
        self.home.stop()
        self.lose()
        code, answer, _ = self.restore("--from", self.archive, "--accept-loss")
        self.assertEqual((0, True), (code, answer["is_restored"]))


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
            except requests.ConnectionError:
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
        self.s3.create_bucket(Bucket="audit", CreateBucketConfiguration=self.place)
        code, (status,), _ = self.ship(check=False)
        self.assertEqual(1, code)
        self.assertIn("no object lock", status["reason"])
        self.assertEqual(0, self.s3.list_objects_v2(Bucket="audit")["KeyCount"])

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
