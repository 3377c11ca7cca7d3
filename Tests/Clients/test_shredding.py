"""Shredding a patient: two administrators, and then no byte opens, from here or from a copy; everything else is as it was."""
import os, random, shutil, sqlite3, subprocess, time, unittest
from contextlib import closing
import open_record
from home import WARD, Home, one_time_code, ward


def secret(home):
    with open(home.home + "/keys/passphrase", "rb") as f:
        return f.read().strip()


def copied(source, target):
    """A consistent copy of what is served: databases by SQLite, everything else as files."""
    os.makedirs(target)
    for entry in os.scandir(source):
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "run":
                copied(entry.path, os.path.join(target, entry.name))
        elif entry.name.endswith(".db"):
            with closing(sqlite3.connect(entry.path)) as old, closing(sqlite3.connect(os.path.join(target, entry.name))) as new:
                old.backup(new)
        elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(("-wal", "-shm", ".new")):
            # What is being written takes its name when it is whole.
            shutil.copy(entry.path, target)


class Shredding(unittest.TestCase):
    """One home for all: each step is what the next one stands on."""

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.__exit__)
        self.used = {}
        self.home.serve()
        self.home.add("ada", "clinician")
        # The accounts are there before the request that they confirm.
        for name in ("joan", "grace", "edith"):
            self.home.add(name, "administrator")
            with open(os.open(self.password(name), os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
                f.write(self.home.users[name]["password"] + "\n")

    def password(self, name):
        return os.path.join(self.home.folder, name)

    def signed(self, name):
        """Options that sign somebody in. A code works once; the next one may be used early, so twice in a moment."""
        step = max(int(time.time() // 30), self.used.get(name, 0) + 1)
        while step > int(time.time() // 30) + 1:
            time.sleep(0.2)
        self.used[name] = step
        return ["--name", name, "--password-file", self.password(name),
                "--code", one_time_code(self.home.users[name]["totp_uri"], step * 30)]

    def keys(self, *arguments, check=True):
        return ward("keys", *arguments, home=self.home.home, check=check)

    def refused(self, word, *arguments):
        code, _, words = self.keys(*arguments, check=False)
        self.assertEqual(2, code, words)
        self.assertIn(word, words)

    def fill(self, session):
        base, patients = self.home.url + "/fhir", []
        for family in ("Gone", "Kept"):
            patient = session.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": family}]}).json()["id"]
            for _ in range(3):
                answer = session.post(base + "/Observation", json={
                    "resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "urn:c", "code": "c"}]},
                    "subject": {"reference": "Patient/" + patient}})
                self.assertEqual(201, answer.status_code)
            patients.append(patient)
        return patients

    def test_two_administrators_and_then_nothing_opens(self):
        session = self.home.session("ada")
        gone, kept = self.fill(session)
        before = self.home.folder + "/before"
        copied(self.home.home, before)
        _, asked, _ = self.keys("shred", "--patient", "Patient/" + gone, "--reason", "asked for", *self.signed("grace"))
        self.keys("hold", "--patient", "Patient/" + gone, "--reason", "case 7", *self.signed("joan"))
        self.assertEqual(["case 7"], [h["reason"] for h in self.keys("hold", "--list")[1]])
        self.refused("legal hold", "shred", "--confirm", asked["id"], *self.signed("joan"))
        self.keys("hold", "--release", "Patient/" + gone, *self.signed("edith"))
        self.refused("another person", "shred", "--confirm", asked["id"], *self.signed("grace"))
        self.assertEqual(200, session.get(f"{self.home.url}/fhir/Patient/{gone}").status_code)
        self.confirm_and_kill(asked["id"])
        self.closed(session, gone, kept)
        self.told(gone)
        self.home.stop()
        self.assertEqual(0, ward("audit", "verify", home=self.home.home)[0])
        self.assertEqual([], ward("verify", home=self.home.home)[1]["faults"])
        self.copies(before, gone, kept)

    def test_a_hold_that_was_taken_out_of_the_files(self):
        """The list says so, and so does the verification; placed anew, records and log agree again, and both are content."""
        session = self.home.session("ada")
        patient = "Patient/" + session.post(self.home.url + "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
        self.keys("hold", "--patient", patient, "--reason", "case 7", *self.signed("joan"))
        self.assertEqual((0, ["case 7"]), (lambda code, holds, _: (code, [h["reason"] for h in holds]))(*self.keys("hold", "--list")))
        self.home.stop()
        with closing(sqlite3.connect(self.home.home + "/data/records.db")) as database, database:
            taken = database.execute("DELETE FROM record WHERE type = (SELECT number FROM record_type WHERE name = '_hold')")
            self.assertEqual(1, taken.rowcount)
        code, holds, words = self.keys("hold", "--list", check=False)
        self.assertEqual((1, ["not-in-records"], ["joan"]), (code, [h["disagreement"] for h in holds], [h["placed_by"]["name"] for h in holds]))
        self.assertIn(patient + ": the audit log tells of a legal hold that nobody released", words)
        self.assertEqual(1, ward("verify", home=self.home.home, check=False)[0])
        self.keys("hold", "--patient", patient, "--reason", "case 7, again", *self.signed("grace"))
        code, holds, _ = self.keys("hold", "--list")
        self.assertEqual([("case 7, again", None)], [(h["reason"], h.get("disagreement")) for h in holds])
        self.assertEqual(0, ward("verify", home=self.home.home)[0])
        self.keys("hold", "--release", patient, *self.signed("edith"))
        self.assertEqual([], self.keys("hold", "--list")[1])
        self.assertEqual(0, ward("verify", home=self.home.home)[0])

    def confirm_and_kill(self, request):
        """The server dies while it shreds, and again soon after it came back; it goes on by itself to the end."""
        command = subprocess.Popen(
            [WARD, "keys", "shred", "--confirm", request, "--home", self.home.home, *self.signed("edith")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.random() * 4)
        self.home.kill()
        command.wait()
        self.home.serve()
        if self.state() == "asked":
            self.keys("shred", "--confirm", request, *self.signed("joan"))
        else:
            time.sleep(random.random() / 5)
            self.home.kill()
            self.home.serve()
        end = time.time() + 300
        while self.state() != "done" and time.time() < end:
            time.sleep(0.2)
        self.assertEqual("done", self.state())

    def state(self):
        return self.keys("shred", "--list")[1][0]["request"]["state"]

    def closed(self, session, gone, kept):
        """Here: gone, and closed."""
        base = self.home.url + "/fhir"
        self.assertEqual(410, session.get(f"{base}/Patient/{gone}").status_code)
        self.assertEqual(410, session.put(f"{base}/Patient/{gone}", json={"resourceType": "Patient", "id": gone}).status_code)
        self.assertEqual(0, session.get(f"{base}/Patient?family=Gone").json()["total"])
        self.assertEqual(0, session.get(f"{base}/Observation?subject=Patient/{gone}").json()["total"])
        self.assertEqual(3, session.get(f"{base}/Observation?code=c").json()["total"])
        self.assertEqual(200, session.get(f"{base}/Patient/{kept}").status_code)

    def told(self, gone):
        """The trail shows that the record existed, who saw it, and who wanted it gone."""
        _, found, _ = ward("audit", "ask", "who-saw", "Patient/" + gone, home=self.home.home)
        self.assertEqual({"create", "read"}, {entry["event"] for entry in found["entries"]} & {"create", "read"})
        _, lines, _ = ward("audit", "show", "--last", "1000", home=self.home.home)
        told = [detail for line in lines if line["event"] == "key-change" for detail in line.get("details", [])]
        for what in ("hold-placed", "hold-released", "shred-asked", "shred-confirmed", "shred-keys-destroyed", "shred-withdrawn", "shred-keys-renewed",
                     "shred-index-renewed", "shred-done"):
            self.assertIn("what=" + what, told)

    def copies(self, before, gone, kept):
        """What the files of any age open, without Ward: nothing of the one, all of the other."""
        word, now = secret(self.home), self.home.home
        self.assertEqual(1, len(open_record.versions(now, word, "Patient", kept)))
        self.assertEqual(1, len(open_record.versions(before, word, "Patient", gone)), "the copy is whole with the keys of its time")
        for records, keys in ((now, now), (before, now)):
            with self.assertRaises(Exception):
                open_record.versions(records, word, "Patient", gone, folder=keys + "/keys")
        mixed = self.home.folder + "/mixed"
        # Wrapped keys of before with the keyring of now, and the keyring of before with the root of now.
        for old in (["keys.db"], ["keys.db", "keyring.key"]):
            shutil.rmtree(mixed, ignore_errors=True)
            shutil.copytree(now + "/keys", mixed)
            for name in old:
                for ending in ("-wal", "-shm"):
                    if os.path.exists(f"{mixed}/{name}{ending}"):
                        os.remove(f"{mixed}/{name}{ending}")
                shutil.copy(f"{before}/keys/{name}", f"{mixed}/{name}")
            with self.assertRaises(Exception):
                open_record.versions(before, word, "Patient", gone, folder=mixed)
        # Nor is the home opened with the whole keys folder of before: its index key is not that of the records.
        os.rename(now + "/keys", mixed + "-now")
        shutil.copytree(before + "/keys", now + "/keys")
        code, _, words = ward("user", "list", home=now, check=False)
        self.assertEqual(2, code)
        self.assertIn("restore the newest keys folder", words)
        shutil.rmtree(now + "/keys")
        os.rename(mixed + "-now", now + "/keys")
        # An older database is not served at all: the key of its index is gone, and the log is past what waited in it when it was copied.
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(now + "/data/records.db" + ending):
                os.remove(now + "/data/records.db" + ending)
            if os.path.exists(before + "/data/records.db" + ending):
                shutil.copy(before + "/data/records.db" + ending, now + "/data/records.db" + ending)
        for waiting, because in (((), "the key of epoch"), (("INSERT INTO outbox VALUES (1, zeroblob(16), x'00')",), "row 1 of the outbox")):
            with closing(sqlite3.connect(now + "/data/records.db")) as database, database:
                for statement in ("DELETE FROM outbox", *waiting):
                    database.execute(statement)
            code, _, words = ward("user", "list", home=now, check=False)
            self.assertEqual(2, code)
            self.assertIn(because, words)
            self.assertIn("restore the newest records.db", words)
