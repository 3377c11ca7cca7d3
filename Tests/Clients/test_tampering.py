"""Somebody with the disk changes a record, or puts another log in place: `ward verify` or `ward audit verify` names it."""
import os, shutil, sqlite3, time, unittest
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

    def written(self, statement, database=RECORDS):
        with sqlite3.connect(os.path.join(self.home, database)) as connection:
            connection.execute(statement)
        connection.close()

    def test_a_row_that_is_no_record(self):
        """It is named with its row, and the rest is verified all the same."""
        for change, named in (("type = 9999", "sequence "), ("id = x'00'", "sequence "), ("version = 'abc'", "Patient/" + self.patient)):
            with self.subTest(change):
                self.tearDownHome()
                self.change(self.RECORDS, (f"UPDATE record SET {change} WHERE sequence = {self.NEWEST}",))
                report = self.found(["verify"], "changed")
                self.assertTrue(any(fault["kind"] == "changed" and fault["place"].startswith(named) for fault in report["faults"]))
                self.assertTrue(any(self.patient in fault["place"] for fault in report["faults"]), "the log tells of it")

    def test_the_background_names_it_and_goes_on(self):
        self.change(self.RECORDS, (f"UPDATE record SET type = 9999 WHERE sequence = {self.NEWEST}",))
        served = object.__new__(Home)
        served.home, served.log, served.process, served.users = self.home, self.home + ".log", None, {}
        self.addCleanup(served.kill)
        served.serve(env={"WARD_VERIFY_PER_SECOND": "0"})
        ward("verify", "--background", home=self.home)
        status, end = {}, time.time() + 120
        while time.time() < end and not status.get("last"):
            time.sleep(0.2)
            status = ward("verify", "--status", home=self.home)[1]
        places = [fault["place"] for fault in status["last"]["faults"]]
        self.assertTrue(any(place.startswith("sequence ") for place in places), places)
        self.assertTrue(any(self.patient in place for place in places), places)
        with open(served.log) as f:
            self.assertIn("found faults", f.read())

    def tearDownHome(self):
        shutil.rmtree(self.home)
        self.setUp()

    def test_a_store_that_cannot_be_served(self):
        for statement, place, refused in (
                ("DROP TABLE token_drop", "table token_drop", "table token_drop: it is missing"),
                ("DROP INDEX record_version", "index record_version", "index record_version: it is missing"),
                ("UPDATE token_epoch SET epoch = 7", "token_epoch", "epoch 7 of the index"),
                ("INSERT INTO outbox (event, entry) VALUES (x'00', x'00')", "outbox ", "DELETE FROM outbox WHERE number = "),
                ("CREATE TRIGGER mine AFTER INSERT ON record BEGIN SELECT 1; END", "trigger mine", "trigger mine: this program makes none of it"),
                ("CREATE VIEW mine AS SELECT 1", "view mine", "view mine: this program makes none of it")):
            with self.subTest(statement):
                self.tearDownHome()
                self.written(statement)
                self.named_and_refused(place, refused)

    def named_and_refused(self, place, refused):
        report = self.found(["verify"], "store")
        named = [fault for fault in report["faults"] if fault["place"].startswith(place)]
        self.assertTrue(named, report["faults"])
        code, _, words = ward("user", "list", home=self.home, check=False)
        self.assertEqual(2, code, "what is not whole is not served")
        self.assertIn(refused, words)
        return named[0]["what"]

    def test_what_acts_by_itself_in_other_stores(self):
        """No store runs it, and it is named where it was put; the index of the log, which holds nothing of its own, is made anew."""
        for database, table, place in (("keys/keys.db", "wrapped_key", "keys.db trigger mine"), (self.LOG, "entry", self.LOG)):
            with self.subTest(database):
                self.tearDownHome()
                self.written(f"CREATE TRIGGER mine AFTER INSERT ON {table} BEGIN SELECT 1; END", database)
                what = self.named_and_refused(place, "trigger mine: this program makes none of it")
                self.assertIn("this program makes none of it", what)
        self.tearDownHome()
        self.written("CREATE TRIGGER mine AFTER INSERT ON posting BEGIN SELECT 1; END", "audit/index.db")
        self.assertEqual(0, ward("verify", home=self.home)[0])
        self.assertEqual(0, ward("audit", "ask", "who-saw", "Patient/" + self.patient, home=self.home)[0])

    def test_a_row_of_the_outbox_of_the_right_form(self):
        """The verification says of it what the server says that does not start."""
        ward("user", "list", home=self.home)
        with sqlite3.connect(os.path.join(self.home, self.LOG)) as connection:
            entry = connection.execute("SELECT bytes FROM entry WHERE substr(bytes, 65, 8) = x'0000000000000001' LIMIT 1").fetchone()[0]
            cursor = connection.execute("SELECT number FROM outbox_cursor").fetchone()[0]
        connection.close()
        number = cursor + 1
        id, junk = os.urandom(6) + b"\x70" + os.urandom(9), os.urandom(60)
        self.change(self.RECORDS, ("INSERT INTO outbox VALUES (?, ?, ?)", (number, id, entry[:1] + id + entry[17:116] + junk)))
        remedy = f"DELETE FROM outbox WHERE number = {number}"
        what = self.named_and_refused(f"outbox {number}", remedy)
        self.assertIn("it does not open under the keys of the audit log", what)
        self.assertIn(what, ward("user", "list", home=self.home, check=False)[2], "the same words")
        # What it says helps.
        self.change(self.RECORDS, (remedy,))
        self.assertEqual(0, ward("user", "list", home=self.home)[0])
        self.assertEqual(0, ward("verify", home=self.home)[0])
        self.assertEqual(0, ward("audit", "verify", home=self.home)[0])

    def test_a_row_of_the_keys_that_is_none(self):
        self.written("INSERT INTO wrapped_key VALUES (1, 'no id!', 1, 1, 1, x'00', x'00')", "keys/keys.db")
        report = self.found(["verify"], "store")
        self.assertEqual(["keys.db wrapped_key row"], [fault["place"].rsplit(" ", 1)[0] for fault in report["faults"]], report["faults"])
        self.assertGreater(report["entries"], 0, "the rest is verified all the same")

    def test_a_file_that_is_no_database(self):
        for database, place in (("keys/keys.db", "keys/keys.db"), (self.RECORDS, self.RECORDS)):
            with self.subTest(database):
                self.tearDownHome()
                with open(os.path.join(self.home, database), "r+b") as f:
                    f.write(os.urandom(4096))
                report = self.found(["verify"], "store")
                self.assertEqual([place], [fault["place"] for fault in report["faults"]])

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
