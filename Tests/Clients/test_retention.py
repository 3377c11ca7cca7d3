"""Entries of the audit log expire after six years, under a signed tombstone, unless a hold keeps them; nothing else goes."""
import glob, os, shutil, sqlite3, subprocess, tempfile, time, unittest
import verify_log
from home import WARD, Home, ward
from test_events import FAKE_TIME
from test_shipping import forget

LATER = {"LD_PRELOAD": FAKE_TIME, "FAKETIME": "+2600d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def later(*arguments, home, check=True, env=None):
    """Seven years from now."""
    return ward(*arguments, home=home, check=check, env={**LATER, **(env or {})}, under=["/usr/bin/env"])


@unittest.skipUnless(FAKE_TIME, "the Debian package faketime is not here: script/bootstrap --test")
class Retention(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.original = Home()
        cls.addClassCleanup(cls.original.__exit__)
        cls.original.add("ada", "clinician")
        cls.original.serve()
        session = cls.original.session("ada")
        cls.patient = session.post(cls.original.url + "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
        for _ in range(300):
            session.get(f"{cls.original.url}/fhir/Patient/{cls.patient}")
        cls.original.stop()
        cls.key = verify_log.key(ward("audit", "proof", "3", home=cls.original.home)[1]["key"])[2]
        cls.old = cls.read(cls.original.home + "/data/audit-anchor")

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ward-retention-")
        self.addCleanup(forget, self.folder)
        self.home = self.folder + "/home"
        shutil.copytree(self.original.home, self.home, ignore=shutil.ignore_patterns("*.sock"))

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    def query(self, statement):
        database = sqlite3.connect(f"file:{self.home}/audit/audit.db?mode=ro", uri=True)
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()

    def change(self, statement):
        with sqlite3.connect(self.home + "/audit/audit.db") as database:
            self.assertGreater(database.execute(statement).rowcount, 0)
        database.close()

    def whole(self):
        """By Ward and by other hands, against what was kept seven years ago."""
        code, report, words = later("audit", "verify", home=self.home, check=False)
        self.assertEqual(0, code, (report, words))
        kept = [self.old, self.read(self.home + "/data/audit-anchor")]
        self.assertEqual([], verify_log.verify(self.home + "/audit/audit.db", self.key, kept))
        return report

    def test_the_whole_way(self):
        young = ward("audit", "expire", home=self.home)[1]
        self.assertEqual((0, 0), (young["entries"], young["tombstones"]))
        before = ward("audit", "verify", home=self.home)[1]["entries"]
        holds = ward("audit", "hold", "add", "case-7", home=self.home)[1]
        self.assertEqual(["case-7"], [hold["name"] for hold in holds])
        code, _, words = ward("audit", "hold", "add", "case-7", "--from", "2020-01-01", home=self.home, check=False)
        self.assertEqual((2, True), (code, "is in force" in words), "nobody makes less of a hold by putting it on again")
        held = later("audit", "expire", home=self.home)[1]
        self.assertEqual((0, ["case-7"]), (held["entries"], [hold["name"] for hold in held["holds"]]))
        self.assertNotEqual(0, later("audit", "hold", "lift", "case-7", home=self.home, check=False)[0], "a reason is asked for")
        self.assertNotEqual(0, later("audit", "hold", "lift", "case-8", "--reason", "closed", home=self.home, check=False)[0])
        self.assertEqual([], later("audit", "hold", "lift", "case-7", "--reason", "order-12", home=self.home)[1])
        trial = later("audit", "expire", "--trial", home=self.home)[1]
        self.assertEqual([(0,)], self.query("SELECT min(position) FROM entry"))
        gone = later("audit", "expire", home=self.home)[1]
        self.assertEqual((trial["entries"], trial["before"]), (gone["entries"], gone["before"]))
        self.assertGreaterEqual(gone["entries"], before)
        self.assertEqual([(gone["before"],)], self.query("SELECT min(position) FROM entry"))
        report = self.whole()
        self.assertEqual(gone["before"], report["expired"])
        self.assertEqual([], later("audit", "hold", "list", home=self.home)[1])
        lines = later("audit", "show", "--last", "10000", home=self.home)[1]
        lifted = [line for line in lines if line["event"] == "hold"][-1]
        self.assertEqual(("order-12", ["what=lift", "hold=case-7"]), (lifted["reason"], lifted["details"]))
        told = [line["details"] for line in lines if line["event"] == "expiry"]
        self.assertIn([f"from=0", f"to={gone['before']}"], told)
        # Records whose entries expired are judged by their seals.
        code, report, _ = later("verify", home=self.home, check=False)
        self.assertEqual((0, True), (code, report["expired"] > 0), report)
        self.questions_and_exports(gone)

    def questions_and_exports(self, gone):
        answer = later("audit", "ask", "who-saw", f"Patient/{self.patient}", home=self.home)[1]
        self.assertEqual([], answer["entries"])
        self.assertIn("have expired", answer["notes"][0])
        self.assertTrue(answer["holds_from"].startswith("20"))
        with sqlite3.connect(self.home + "/audit/index.db") as index:
            self.assertGreaterEqual(index.execute("SELECT min(position) FROM posting").fetchone()[0], gone["before"])
        index.close()
        written = later("audit", "export", "--format", "ndjson", "--into", self.folder + "/log.ndjson", home=self.home)[1]["written"]
        self.assertEqual(gone["before"], written["first"])
        later("audit", "export", "--format", "tiles", "--into", self.folder + "/tiles", home=self.home)
        self.assertEqual([], verify_log.verify(self.folder + "/tiles", self.key, [self.old]))
        self.assertEqual(1, len(glob.glob(self.folder + "/tiles/expired/*")))
        os.remove(self.folder + "/tiles/expired/0")
        self.assertEqual("removed", verify_log.verify(self.folder + "/tiles", self.key)[0].kind)
        self.assertIn("expired", later("audit", "proof", "3", home=self.home, check=False)[2])
        # Without the tombstone it is a removal.
        self.change("DELETE FROM tombstone")
        self.assertEqual("removed", verify_log.verify(self.home + "/audit/audit.db", self.key, [self.old])[0].kind)
        code, report, _ = later("audit", "verify", home=self.home, check=False)
        self.assertEqual((1, "removed"), (code, report["faults"][0]["kind"]))

    def test_a_clock_that_is_set_right_in_steps(self):
        """What a clock removed that was ahead is named, in however many steps somebody took its time back."""
        self.assertGreater(later("audit", "expire", home=self.home)[1]["entries"], 0)
        for shift in ("+2560d", "+0d"):
            later("audit", "accept", "clock", home=self.home, env={"FAKETIME": shift})
            # Before anything else of the right time is written.
            self.assertTrue(self.names_removed(now=time.time()), shift)
            code, report, words = ward("audit", "verify", home=self.home, check=False)
            self.assertEqual((1, {"clock"}), (code, {fault["kind"] for fault in report["faults"]}), (shift, words))
            self.assertIn("removed", " ".join(fault["what"] for fault in report["faults"]))
        # Held against no clock, it is the last of them that tells.
        self.assertTrue(self.names_removed())

    def names_removed(self, **flags):
        """Whether the other verifier says that a clock which was ahead removed entries."""
        found = verify_log.verify(self.home + "/audit/audit.db", self.key, **flags)
        return any(fault.kind == "clock" and "removed" in fault.what for fault in found)

    def test_less_than_six_years_is_refused(self):
        code, _, words = later("audit", "expire", home=self.home, check=False, env={"WARD_AUDIT_RETENTION_YEARS": "5"})
        self.assertNotEqual(0, code)
        self.assertIn("six years are the least", words)
        self.assertEqual(0, later("audit", "expire", home=self.home, env={"WARD_AUDIT_RETENTION_YEARS": "8"})[1]["entries"])

    def test_killed_at_any_moment(self):
        killed = 0
        for milliseconds in (100, 500, 900, 1400):
            command = ["/usr/bin/env", WARD, "audit", "expire", "--home", self.home]
            process = subprocess.Popen(command, env={**os.environ, **LATER}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(milliseconds / 1000)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
            first, = self.query("SELECT min(position) FROM entry")[0]
            notes = self.query("SELECT max(end) FROM tombstone")[0][0]
            self.assertEqual(first, notes or 0, "nothing is half told")
        self.assertGreater(killed, 0)
        later("audit", "expire", home=self.home)
        self.assertGreater(self.whole()["expired"], 300)

    def test_a_clock_that_is_ahead_is_named(self):
        """What was written and let go seven years too early, by a verification under a right clock, though nobody took the time back."""
        gone = later("audit", "expire", home=self.home)[1]["before"]
        code, report, _ = ward("audit", "verify", home=self.home, check=False)
        found = verify_log.verify(self.home + "/audit/audit.db", self.key, now=time.time())
        self.assertEqual((1, {"clock"}, {"clock"}), (code, {fault["kind"] for fault in report["faults"]}, {fault.kind for fault in found}))
        self.assertEqual(2, len(report["faults"]), "the entries, and the tombstone")
        self.assertIn(f"entries 0 to {gone - 1}", [fault["place"] for fault in report["faults"]][0])
        self.assertEqual([0, min(fault.entry for fault in found if fault.entry)], [fault.entry for fault in found])
        self.whole()

    def test_rebuilt_from_an_archive(self):
        env = {"WARD_AUDIT_SHIP_FOLDER": self.folder + "/archive"}
        ward("audit", "ship", home=self.home, env=env)
        later("audit", "ship", home=self.home, env=env)
        gone = later("audit", "expire", home=self.home)[1]["before"]
        self.assertGreater(gone, 300)
        # An archive that begins after the expiry has what expired as hashes, under its tombstones.
        young = {"WARD_AUDIT_SHIP_FOLDER": self.folder + "/young"}
        for archive in (env, young):
            if archive is young:
                # In the place of the one that it knows it takes none, until somebody says so.
                code, (status,), _ = later("audit", "ship", home=self.home, env=young, check=False)
                self.assertEqual((1, True), (code, "does not have what was shipped to it" in status["reason"]))
                self.assertEqual([], glob.glob(self.folder + "/young/*/*.segment"))
                os.remove(self.home + "/data/audit-sent-folder")
            later("audit", "ship", home=self.home, env=archive)
            for path in glob.glob(self.home + "/audit/*"):
                os.remove(path)
            answer = later("audit", "restore", home=self.home, env=archive)[1]
            self.assertTrue(answer["is_whole"] and answer["is_restored"], answer)
            self.assertEqual(gone, self.whole()["expired"])


if __name__ == "__main__":
    unittest.main()
