"""Somebody with the disk changes a record, or puts another log in place: `ward verify` or `ward audit verify` names it."""
import os, shutil, sqlite3, unittest
from home import Home, ward


class Tampering(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.original = Home()
        cls.original.add("ada", "clinician")
        cls.original.serve()
        session = cls.original.session("ada")
        base = cls.original.url + "/fhir"
        patient = session.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": "Tamper"}]}).json()
        cls.patient = patient["id"]
        for active in (True, False):
            session.put(f"{base}/Patient/{cls.patient}", json={**patient, "active": active})
        for _ in range(20):
            session.get(f"{base}/Patient/{cls.patient}")
        cls.original.stop()

    @classmethod
    def tearDownClass(cls):
        cls.original.__exit__()

    def setUp(self):
        self.home = os.path.join(self.original.folder, self._testMethodName)
        shutil.copytree(self.original.home, self.home, ignore=shutil.ignore_patterns("*.sock"))

    def change(self, database, *statements):
        with sqlite3.connect(os.path.join(self.home, database)) as connection:
            changed = sum(connection.execute(*s).rowcount for s in statements)
        connection.close()
        self.assertGreater(changed, 0, "the test changed nothing")

    def found(self, command, *kinds):
        code, report, _ = ward(*command, home=self.home, check=False)
        self.assertEqual(1, code, report)
        named = {fault["kind"] for fault in report["faults"]}
        self.assertTrue(named & set(kinds), report["faults"])
        return report

    RECORDS = "data/records.db"
    LOG = "audit/audit.db"
    NEWEST = "(SELECT sequence FROM record WHERE patient IS NOT NULL ORDER BY sequence DESC LIMIT 1)"

    def test_whole_before(self):
        self.assertEqual(0, ward("verify", home=self.home)[0])
        self.assertEqual(0, ward("audit", "verify", home=self.home)[0])

    def test_no_plaintext(self):
        for folder, _, files in os.walk(self.home):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertNotIn(b"Tamper", f.read(), name)

    def test_one_byte_of_a_record(self):
        with sqlite3.connect(os.path.join(self.home, self.RECORDS)) as c:
            sequence, sealed = c.execute(f"SELECT sequence, sealed FROM record WHERE sequence = {self.NEWEST}").fetchone()
        c.close()
        sealed = sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]
        self.change(self.RECORDS, ("UPDATE record SET sealed = ? WHERE sequence = ?", (sealed, sequence)))
        report = self.found(["verify"], "changed")
        self.assertTrue(any(self.patient in fault["place"] for fault in report["faults"]))

    def test_the_time_beside_a_record(self):
        self.change(self.RECORDS, (f"UPDATE record SET updated_at = updated_at + 1000 WHERE sequence = {self.NEWEST}",))
        self.found(["verify"], "changed")

    def test_a_version_deleted(self):
        self.change(self.RECORDS, ("DELETE FROM record WHERE version = 2 AND patient IS NOT NULL",))
        self.found(["verify"], "removed")

    def test_an_older_row_restored(self):
        self.change(
            self.RECORDS, (f"DELETE FROM record WHERE sequence = {self.NEWEST}",),
            (f"UPDATE record SET current = 1 WHERE sequence = {self.NEWEST}",))
        self.found(["verify"], "removed")

    def test_an_account_rolled_back(self):
        with sqlite3.connect(os.path.join(self.home, self.RECORDS)) as c:
            tables = [row[0] for row in c.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        c.close()
        self.assertIn("record", tables)
        ward("user", "disable", "ada", home=self.home)
        newest = "(SELECT sequence FROM record WHERE patient IS NULL ORDER BY sequence DESC LIMIT 1)"
        self.change(self.RECORDS, (f"DELETE FROM record WHERE sequence = {newest}",))
        self.found(["verify"], "removed", "rolled-back", "changed")

    def test_the_whole_log_set_back(self):
        shutil.rmtree(os.path.join(self.home, "audit"))
        with Home() as other:
            shutil.copytree(os.path.join(other.home, "audit"), os.path.join(self.home, "audit"))
        code, _, _ = ward("audit", "verify", home=self.home, check=False)
        self.assertEqual(1, code)
