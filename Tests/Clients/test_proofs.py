"""The log verified by other hands: each kind of tampering is named alike by `ward audit verify` and by verify_log.py."""
import os, shutil, sqlite3, struct, subprocess, sys, unittest, unittest.mock
import verify_log
from home import Home, ward
from test_witness import WitnessProcess


class Proofs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.original = Home()
        cls.original.add("ada", "clinician")
        cls.original.serve()
        session = cls.original.session("ada")
        base = cls.original.url + "/fhir"
        patient = session.post(base + "/Patient", json={"resourceType": "Patient", "active": True}).json()["id"]
        for _ in range(300):
            session.get(f"{base}/Patient/{patient}")
        cls.original.stop()
        answer = ward("audit", "proof", "5", home=cls.original.home)[1]
        cls.text = answer["key"]
        cls.witness = WitnessProcess(cls.original.folder).start()
        cls.witness.trust(cls.original)
        body = ward("audit", "proof", "--since", "0", home=cls.original.home)[1]["proof"]
        assert cls.witness.add(body.encode()).status_code == 200
        cls.key = verify_log.key(cls.text)[2]

    @classmethod
    def tearDownClass(cls):
        cls.witness.stop()
        cls.witness.log.close()
        cls.original.__exit__()

    def setUp(self):
        self.home = self.copy("home")

    def copy(self, name):
        place = os.path.join(self.original.folder, f"{self._testMethodName}-{name}")
        shutil.copytree(self.original.home, place, ignore=shutil.ignore_patterns("*.sock"))
        return place

    def database(self, home=None):
        return os.path.join(home or self.home, "audit", "audit.db")

    def anchor(self, home=None):
        with open(os.path.join(home or self.home, "data", "audit-anchor"), "rb") as file:
            return file.read()

    def run_sql(self, *statements):
        with sqlite3.connect(self.database()) as connection:
            # Who has the file is held by no rule of its tables.
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for statement in statements:
                connection.execute(*statement if isinstance(statement, tuple) else (statement,))
        connection.close()

    def rows(self, home=None):
        with sqlite3.connect(self.database(home)) as connection:
            found = connection.execute("SELECT position, bytes FROM entry ORDER BY position").fetchall()
        connection.close()
        return found

    def both(self, kind, entry=None, kept=None, part=None, witnessed=False):
        """Ward says the same of the first fault, whether it verifies the whole log or the part around it, and asks a witness or not,
        and so does the other verifier."""
        other = verify_log.verify(self.database(), self.key, [kept or self.anchor()])
        part = part or (max(0, entry - 3), max(0, entry) + 3) if entry is not None else part or (0, 5)
        ways = [[], [f"--from={part[0]}", f"--to={part[1]}"]]
        if witnessed:
            ways += [way + self.witness.verification for way in ways]
        for ends in ways:
            # In a copy: that it was verified is in the log then, which is not what it was.
            shutil.copytree(self.home, self.home + "-copy", ignore=shutil.ignore_patterns("*.sock"))
            code, report, words = ward("audit", "verify", *ends, home=self.home + "-copy", check=False)
            shutil.rmtree(self.home + "-copy")
            self.assertEqual(1, code, words)
            self.assertEqual(kind, report["faults"][0]["kind"], report["faults"])
            if entry is not None:
                self.assertRegex(report["faults"][0]["place"], rf"(?<!\d){entry}\b")
        self.assertEqual(kind, other[0].kind, other)
        if entry is not None:
            self.assertEqual(entry, other[0].entry, other)
        return report, other

    def test_whole(self):
        self.assertEqual([], verify_log.verify(self.database(), self.key, [self.anchor()]))
        self.assertEqual(0, ward("audit", "verify", home=self.home)[0])

    def test_changed(self):
        data = bytearray(self.rows()[123][1])
        data[-20] ^= 1
        self.run_sql(("UPDATE entry SET bytes = ? WHERE position = 123", (bytes(data),)))
        self.both("changed", 123, witnessed=True)

    def test_removed(self):
        self.run_sql("DELETE FROM entry WHERE position = 77")
        self.both("removed", 77, witnessed=True)

    def test_inserted(self):
        alien = bytearray(self.rows()[40][1])
        alien[-20] ^= 1
        self.run_sql(
            "UPDATE entry SET position = -position - 1 WHERE position >= 90", "UPDATE entry SET position = -position WHERE position < 0",
            ("INSERT INTO entry VALUES(90, ?)", (bytes(alien),)))
        self.both("inserted", 90, witnessed=True)

    def test_reordered(self):
        self.run_sql(
            "UPDATE entry SET position = -1 WHERE position = 30", "UPDATE entry SET position = 30 WHERE position = 200",
            "UPDATE entry SET position = 200 WHERE position = -1")
        self.both("reordered", 30, witnessed=True)

    def test_moved(self):
        """One entry is taken from its place and put in at another, and those between move up."""
        for place, target in ((30, 200), (200, 30)):
            low, high, step = min(place, target), max(place, target), 1 if place > target else -1
            between = (low + 1, high) if place < target else (low, high - 1)
            self.run_sql(
                f"UPDATE entry SET position = -1 WHERE position = {place}",
                f"UPDATE entry SET position = -position - 10000 WHERE position BETWEEN {between[0]} AND {between[1]}",
                f"UPDATE entry SET position = -position - 10000 + {step} WHERE position < -1000",
                f"UPDATE entry SET position = {target} WHERE position = -1")
            self.both("reordered", 30)
            self.home = self.copy(f"after-{place}")

    def test_moved_behind_the_end(self):
        self.run_sql(f"UPDATE entry SET position = {len(self.rows())} WHERE position = 30")
        self.both("reordered", 30)

    def test_removed_and_renumbered(self):
        self.run_sql("DELETE FROM entry WHERE position = 77", "UPDATE entry SET position = -position WHERE position > 77",
                     "UPDATE entry SET position = -position - 1 WHERE position < 0")
        self.both("removed", 77)
        self.both("removed", 77, part=(150, 160))

    def test_a_row_before_the_first_entry(self):
        self.run_sql("INSERT INTO entry VALUES(-1, x'0102')")
        self.both("inserted", -1)

    def test_a_row_at_the_last_number(self):
        """Where no number follows: named, taken aside, and no command ends by it."""
        last = 2**63 - 1
        for positions in ((last,), (1 << 60, last - 1)):
            self.home = self.copy(f"at-{positions[0]}")
            for position in positions:
                self.run_sql(f"INSERT INTO entry SELECT {position}, bytes FROM entry WHERE position = 5")
            self.both("inserted", positions[0], part=(0, 5))
            self.assertEqual(0, ward("audit", "ask", "denied", home=self.home)[0])
            self.assertEqual(0, ward("audit", "export", "--format", "csv", "--into", self.home + "/out.csv", home=self.home)[0])
            self.assertEqual(len(positions), ward("audit", "accept", "tail", home=self.home)[1]["rows"])
            self.assertEqual(len(positions), ward("audit", "verify", home=self.home)[1]["aside"])
            self.assertEqual([], verify_log.verify(self.database(), self.key, [self.anchor()]))

    def test_a_row_under_a_number_out_of_order(self):
        """One byte of the file: the number of a row, which is not found by it any more and stands between its neighbours all the same."""
        data = self.rows()[30][1]
        with open(self.database(), "r+b") as file:
            content = file.read()
            at = content.index(data) - 5
            self.assertEqual(30, content[at])
            file.seek(at)
            file.write(b"\x64")
        self.assertNotEqual([], verify_log.verify(self.database(), self.key, [self.anchor()]))
        for part in ([], ["--from", "20", "--to", "40"]):
            code, report, words = ward("audit", "verify", *part, home=self.home, check=False)
            self.assertEqual((1, "malformed"), (code, report["faults"][0]["kind"]), words)
        for command in (["ask", "gaps"], ["ask", "unusual"], ["show", "--last", "1000"], ["export", "--format", "csv", "--into", self.home + "/out"]):
            code, _, words = ward("audit", *command, home=self.home, check=False)
            self.assertEqual((2, True), (code, "not in their order" in words), (command, words))

    def test_a_book_of_nobody_stops_the_log(self):
        """A row in the table of books: without a word, nothing would be signed any more."""
        for year, start in (("year + 1", 2**63 - 1), (str(2**63 - 1), 1), ("year", -2**63)):
            self.home = self.copy(f"book-{abs(hash((year, start)))}")
            self.run_sql(f"INSERT OR REPLACE INTO book SELECT {year}, {start}, opening FROM book")
            self.assertEqual(1, ward("audit", "verify", home=self.home, check=False)[0])
            self.assertNotEqual([], verify_log.verify(self.database(), self.key, [self.anchor()]))
            code, _, words = ward("user", "list", home=self.home, check=False)
            self.assertEqual(2, code)
            self.assertIn("does not begin where the one before it ends", words)

    def test_a_lost_tile_is_named_and_no_entry_blamed(self):
        for level in (0, 1):
            self.home = self.copy(f"level-{level}")
            self.run_sql(f"DELETE FROM tile WHERE level = {level} AND number = 0")
            report, other = self.both("removed")
            self.assertRegex(report["faults"][0]["place"], rf"^tile/{level}/000\S* of \d+$")
            self.assertRegex(other[0].what, rf"^tile/{level}/000\S* of \d+ ")
            self.assertIsNone(other[0].entry)

    def test_a_changed_upper_tile(self):
        self.run_sql("UPDATE tile SET hashes = randomblob(length(hashes)) WHERE level = 1")
        other = verify_log.verify(self.database(), self.key, [self.anchor()])
        self.assertEqual([("changed", None)], [fault[:2] for fault in other])
        self.assertIn("tile/1/000", other[0].what)

    def test_a_tile_that_goes_on(self):
        """What the tree has there is all in it, and no proof that leads through it holds."""
        for level, number, more in ((1, 0, 32), (0, 0, 32), (0, 1, 7)):
            self.home = self.copy(f"tile-{level}-{number}")
            self.run_sql(f"UPDATE tile SET hashes = CAST(hashes || zeroblob({more}) AS BLOB) WHERE level = {level} AND number = {number}")
            report, other = self.both("changed")
            for said in ([fault["what"] for fault in report["faults"]], [fault.what for fault in other]):
                self.assertTrue(any(what.startswith(f"tile {number} of level {level} of ") for what in said), said)

    def test_the_log_is_read_as_it_is_at_one_moment(self):
        """By the other verifier too: a server writes while it reads."""
        path, connect = self.database(), sqlite3.connect

        class Beside(sqlite3.Connection):
            def execute(self, sql, *values):
                if "FROM outbox_cursor" in sql:
                    other = connect(path)
                    other.execute("UPDATE outbox_cursor SET number = number + 1")
                    other.commit()
                    other.close()
                return super().execute(sql, *values)

        with unittest.mock.patch("sqlite3.connect", lambda *values, **named: connect(*values, factory=Beside, **named)):
            self.assertEqual([], verify_log.verify(path, self.key, [self.anchor()]))
        self.assertEqual(["changed"], [fault.kind for fault in verify_log.verify(path, self.key, [self.anchor()])])

    def test_an_emptied_log(self):
        self.run_sql("DELETE FROM entry")
        self.both("truncated", 0)
        self.run_sql("DELETE FROM book")
        self.both("removed")
        self.run_sql("DELETE FROM tile", "DELETE FROM checkpoint")
        self.both("truncated", 0)
        self.assertEqual(["truncated"], [fault.kind for fault in verify_log.verify(self.database(), self.key)])

    def test_a_damaged_index_is_made_anew(self):
        for junk in (b"junk", os.urandom(10_000)):
            with open(self.home + "/audit/index.db", "wb") as file:
                file.write(junk)
            self.assertEqual(0, ward("audit", "ask", "what-did", "ada", home=self.home)[0])

    def test_an_emptied_log_before_a_witness(self):
        for table in ("entry", "book", "tile", "checkpoint"):
            self.run_sql(f"DELETE FROM {table}")
        code, report, words = ward("audit", "verify", *self.witness.verification, home=self.home, check=False)
        self.assertEqual(1, code, words)
        self.assertEqual({"truncated", "rolledBack"}, {fault["kind"] for fault in report["faults"]})
        self.assertTrue(any("the witness" in fault["what"] for fault in report["faults"]), report)
        for place, said in (("http://127.0.0.1:1", "over https://"), ("/nowhere", "no such file")):
            code, _, words = ward("audit", "verify", "--witness", place, "--witness-key", self.witness.key, home=self.home, check=False)
            self.assertEqual((2, True), (code, said in words), words)

    def test_what_cannot_be_read_is_named(self):
        """Rubbish in any place is a fault with a name, and no traceback."""
        for statement, kind in [
                ("UPDATE checkpoint SET note = x'00ff' WHERE size = (SELECT max(size) FROM checkpoint)", "signature"),
                ("UPDATE checkpoint SET note = CAST('a' || char(10) || '-7' || char(10) || char(10) AS BLOB)", "signature"),
                ("UPDATE tile SET hashes = x'00' WHERE level = 0", "changed"),
                ("UPDATE entry SET bytes = x'' WHERE position = 5", "changed"),
                ("INSERT INTO tombstone VALUES(0, 5, x'ff0a0a')", "malformed"),
                ("UPDATE book SET opening = x'ff'", "removed")]:
            with self.subTest(statement):
                self.home = self.copy(str(abs(hash(statement))))
                self.run_sql(statement)
                found = verify_log.verify(self.database(), self.key, [self.anchor()])
                self.assertIn(kind, [fault.kind for fault in found], found)
                self.assertEqual(1, ward("audit", "verify", home=self.home, check=False)[0])
        # The file itself is damaged, or something else: a finding with its name, and no trust in the rest.
        for damage in (lambda f: f.truncate(os.path.getsize(self.database()) // 2 // 4096 * 4096 + 1), lambda f: (f.seek(8192), f.write(os.urandom(30_000))),
                       lambda f: f.write(os.urandom(4096))):
            self.home = self.copy(f"damaged-{id(damage)}")
            with open(self.database(), "r+b") as file:
                damage(file)
            code, report, words = ward("audit", "verify", home=self.home, check=False)
            self.assertEqual(1, code, words)
            self.assertFalse(report["is_whole"])
        self.home = self.copy("after-damage")
        place = os.path.join(self.home, "rubbish")
        with open(place, "wb") as file:
            file.write(os.urandom(5000))
        self.assertEqual(["malformed"], [fault.kind for fault in verify_log.verify(place, self.key)])
        self.assertEqual(["malformed"], [fault.kind for fault in verify_log.verify(place + "/nothing", self.key)])
        self.assertIn("changed", [fault.kind for fault in verify_log.verify(self.database(), self.key, [b"rubbish"])])
        script = [sys.executable, verify_log.__file__]
        for arguments in ([], [place, "no key"], [place, self.text, place + "/nothing"]):
            done = subprocess.run([*script, *arguments], capture_output=True, text=True)
            self.assertEqual((2, ""), (done.returncode, done.stdout), arguments)
            self.assertNotIn("Traceback", done.stderr)
        done = subprocess.run([*script, place, self.text, place], capture_output=True, text=True)
        self.assertEqual((1, ""), (done.returncode, done.stderr))

    def test_truncated(self):
        end = len(self.rows()) - 6
        self.run_sql(f"DELETE FROM entry WHERE position >= {end}")
        self.both("truncated", end, witnessed=True)

    def test_rolled_back(self):
        """The whole folder of the log is an older copy of itself; what is kept beside the records knows better."""
        older = len(self.rows())
        shutil.copytree(os.path.join(self.home, "audit"), os.path.join(self.home, "old"))
        ward("user", "add", "bob", "--role", "auditor", home=self.home)
        self.assertGreater(len(self.rows()), older)
        shutil.rmtree(os.path.join(self.home, "audit"))
        shutil.move(os.path.join(self.home, "old"), os.path.join(self.home, "audit"))
        self.both("rolledBack", older, witnessed=True)

    def test_forked(self):
        """Two logs grow from one, signed by the same key; who has seen one is shown the other."""
        other = self.copy("other")
        ward("user", "add", "left", "--role", "auditor", home=self.home)
        for name in ("right", "wrong"):
            ward("user", "add", name, "--role", "auditor", home=other)
        seen = self.anchor()
        shutil.rmtree(os.path.join(self.home, "audit"))
        shutil.copytree(os.path.join(other, "audit"), os.path.join(self.home, "audit"))
        self.both("forked", kept=seen, witnessed=True)

    def test_forked_since(self):
        """The witness's older word is the last that both logs have in common: the fault begins there."""
        shared = os.path.join(self.home, "data", "audit-witnessed")
        with open(shared, "wb") as out:
            out.write(self.witness.newest(verify_log.key(self.text)[0]))
        common = verify_log.parse(open(shared, "rb").read()).size
        other = self.copy("other")
        shutil.copy(shared, os.path.join(other, "data"))
        for place, count in ((self.home, 8), (other, 3)):
            for _ in range(count):
                ward("user", "list", home=place)
        witness = WitnessProcess(self.home)
        self.addCleanup(witness.log.close)
        self.addCleanup(witness.stop)
        witness.start()
        ward("witness", "trust", self.text, home=witness.home)
        self.assertEqual(200, witness.add(ward("audit", "proof", "--since", "0", home=other)[1]["proof"].encode()).status_code)
        word = os.path.join(self.home, "word")
        with open(word, "wb") as out:
            out.write(witness.newest(verify_log.key(self.text)[0]))
        code, report, _ = ward(
            "audit", "verify", "--witness", word, "--witness-key", witness.key, home=self.home, check=False)
        fault = next(fault for fault in report["faults"] if fault["kind"] in ("forked", "rolledBack"))
        self.assertEqual((1, "forked"), (code, fault["kind"]), report)
        self.assertRegex(fault["place"], rf"^entries {common} to \d+\b")

    def test_a_changed_entry_whose_tile_is_gone(self):
        """Not only the tile is named: an entry of it is not what was signed."""
        self.run_sql("UPDATE entry SET bytes = zeroblob(200) WHERE position = 100", "DELETE FROM tile WHERE level = 0 AND number = 0")
        report, other = self.both("changed", part=(90, 110))
        self.assertRegex(report["faults"][0]["place"], r"^entries \d+ to 255$")
        self.assertLessEqual(other[0].entry, 100)

    def test_clock_moved(self):
        """Somebody appends an entry that claims to be of yesterday."""
        rows = self.rows()
        data = bytearray(rows[-1][1])
        time = struct.unpack(">q", data[17:25])[0] - 86_400_000_000
        data[17:25] = struct.pack(">q", time)
        data[9:17] = os.urandom(8)
        data[64:72], data[72:80] = b"\x80\0\0\0\0\0\0\7", struct.pack(">Q", 1)
        self.run_sql(("INSERT INTO entry VALUES(?, ?)", (len(rows), bytes(data))))
        self.both("clock", len(rows), witnessed=True)

    def test_copied(self):
        """Somebody appends an entry of the log once more, with the next number of its emitter."""
        rows = self.rows()
        data = bytearray(rows[200][1])
        numbers = [struct.unpack(">Q", row[72:80])[0] for _, row in rows if row[64:72] == data[64:72]]
        data[72:80] = struct.pack(">Q", max(numbers) + 1)
        self.run_sql(("INSERT INTO entry VALUES(?, ?)", (len(rows), bytes(data))))
        self.both("duplicate", len(rows))
        # No command signs it.
        code, _, words = ward("audit", "ask", "denied", home=self.home, check=False)
        self.assertEqual(2, code)
        self.assertIn(f"entry {len(rows)}, which is not signed yet, is a copy of an earlier one", words)
        self.assertIn("ward audit accept tail", words)
        # At somebody's word it is taken aside, and the log goes on.
        self.assertEqual({"accepted": "tail", "rows": 1}, ward("audit", "accept", "tail", home=self.home)[1])
        self.assertEqual(2, ward("audit", "accept", "tail", home=self.home, check=False)[0], "there is nothing more")
        code, report, _ = ward("audit", "verify", home=self.home)
        self.assertEqual((0, 1), (code, report["aside"]))
        told = [line for line in ward("audit", "show", home=self.home)[1] if line["event"] == "acceptance"]
        self.assertEqual([("accepted=tail", 1)], [(line["details"][0], line["count"]) for line in told])
        self.assertEqual([], verify_log.verify(self.database(), self.key, [self.anchor()]))
        with sqlite3.connect(self.database()) as connection:
            self.assertEqual([(len(rows), bytes(data))], connection.execute("SELECT position, bytes FROM quarantine").fetchall())
        connection.close()

    def test_what_is_no_log_any_more_is_a_finding(self):
        """Tables that are gone, an emptied file, a folder in its place: named, with the file, and never a log of its own making."""
        whole = self.home + "-whole"
        shutil.copy(self.database(), whole)

        def found(kind, words):
            code, report, _ = ward("audit", "verify", home=self.home, check=False)
            self.assertEqual((1, [kind]), (code, [fault["kind"] for fault in report["faults"]]), report)
            self.assertIn(words, report["faults"][0]["what"])
            self.assertIn(self.database(), report["faults"][0]["what"])

        for table in ("checkpoint", "loss", "entry"):
            self.run_sql((f"DROP TABLE {table}", ()))
            found("malformed", f"the table {table} is missing")
            self.assertEqual(2, ward("audit", "show", home=self.home, check=False)[0])
            shutil.copy(whole, self.database())
        with open(self.database(), "r+b") as file:
            file.seek(8192)
            file.write(bytes(3 * 8192))
        found("malformed", "is damaged")
        with open(self.database(), "wb"):
            pass
        found("removed", "missing or empty")
        self.assertEqual(2, ward("audit", "show", home=self.home, check=False)[0])
        self.assertEqual(0, os.path.getsize(self.database()))
        os.remove(self.database())
        os.mkdir(self.database())
        found("removed", "is no plain file")

    def test_what_somebody_wrote_into_the_handovers(self):
        with open(self.home + "/audit/handovers", "w") as file:
            file.write("junk\n")
        code, report, _ = ward("audit", "verify", home=self.home, check=False)
        self.assertEqual((1, ["signature"]), (code, [fault["kind"] for fault in report["faults"]]))
        self.assertEqual(0, ward("audit", "show", home=self.home)[0], "the home knows better, and writes it anew")
        self.assertEqual(0, ward("audit", "verify", home=self.home)[0])

    def test_what_is_not_lost_is_not_accepted(self):
        before = len(self.rows())
        for what, words in (("clock", "the clock is not behind"), ("anchor", "data/audit-anchor is there")):
            code, _, said = ward("audit", "accept", what, home=self.home, check=False)
            self.assertEqual((2, True), (code, words in said), said)
        self.assertEqual(before, len(self.rows()))

    def test_a_part_is_verified_by_itself(self):
        data = bytearray(self.rows()[123][1])
        data[-20] ^= 1
        self.run_sql(("UPDATE entry SET bytes = ? WHERE position = 123", (bytes(data),)))
        for ends, code, entries in [(("0", "123"), 0, 123), (("124", "300"), 0, 176), (("120", "130"), 1, 10)]:
            ended, report, _ = ward("audit", "verify", "--from", ends[0], "--to", ends[1], home=self.home, check=False)
            self.assertEqual((code, entries), (ended, report["entries"]), report)
        self.assertEqual("entry 123", report["faults"][0]["place"])
        self.assertEqual(0, ward("audit", "verify", "--from", "2001-01-01", "--to", "2001-02-01", home=self.home)[1]["entries"])
        for wrong in (["--from", "noon"], ["--from", "9", "--to", "5"], ["--from", "5", "--to", "5"], ["--from", "2026-02-01", "--to", "2026-01-01"],
                      ["--from", "2999-01-01"], ["--to", "2999-01-01"], ["--from", "99999"], ["--from=-1"], ["--to", "0"]):
            code, _, words = ward("audit", "verify", *wrong, home=self.home, check=False)
            self.assertEqual(2, code, (wrong, words))

    def test_tiles_of_others(self):
        folder, kept = os.path.join(self.home, "tiles"), self.anchor()
        keys = ward("audit", "export", "--format", "tiles", "--into", folder, home=self.home)[1]["keys"]
        self.assertEqual([], verify_log.verify(folder, verify_log.key(keys[0])[2], [kept]))
        self.assertTrue(os.path.exists(os.path.join(folder, os.listdir(folder)[0], "tile", "1")), "a second level")
        bundle = os.path.join(folder, os.listdir(folder)[0], "tile", "entries", "000")
        with open(bundle, "r+b") as file:
            file.seek(1000)
            byte = file.read(1)
            file.seek(1000)
            file.write(bytes([byte[0] ^ 1]))
        self.assertEqual("changed", verify_log.verify(folder, self.key)[0].kind)
        year = os.path.join(folder, os.listdir(folder)[0])
        with open(bundle, "wb") as file:
            file.write(b"\xff\xff\x00")
        self.assertIn("malformed", [fault.kind for fault in verify_log.verify(folder, self.key)])
        os.remove(os.path.join(year, "checkpoint"))
        self.assertEqual(["removed"], [fault.kind for fault in verify_log.verify(folder, self.key)])

    def test_a_proof_is_checked_without_the_log(self):
        shown = ward("audit", "show", "--last", "20", home=self.home)[1][3]
        for name in (str(shown["entry"]), shown["id"]):
            answer = ward("audit", "proof", name, home=self.home)[1]
            self.assertEqual(shown["entry"], answer["entry"])
            entry = verify_log.verify_proof(answer["proof"], verify_log.key(answer["key"])[2])
            self.assertEqual(shown["id"].replace("-", ""), entry[1:17].hex())
        extra = answer["proof"].split("\n")[1]
        changed = extra[:60] + ("A" if extra[60] != "A" else "B") + extra[61:]
        with self.assertRaises(AssertionError):
            verify_log.verify_proof(answer["proof"].replace(extra, changed), self.key)
        self.assertEqual(2, ward("audit", "proof", "999999", home=self.home, check=False)[0])
        self.assertEqual(2, ward("audit", "proof", "0193f3a0-0000-7000-8000-000000000000", home=self.home, check=False)[0])

    def test_growth_is_proved(self):
        old = verify_log.parse(self.anchor())
        ward("user", "add", "bob", "--role", "auditor", home=self.home)
        answer = ward("audit", "proof", "--since", str(old.size), home=self.home)[1]
        lines, _, note = answer["proof"].encode().partition(b"\n\n")
        lines, new = lines.decode().split("\n"), verify_log.parse(note)
        path = [verify_log.base64.b64decode(line) for line in lines[1:]]
        self.assertGreater(new.size, old.size)
        self.assertTrue(verify_log.is_signed(new, self.key))
        self.assertTrue(verify_log.verify_consistency(old.size, old.root, new.size, new.root, path))
        self.assertFalse(verify_log.verify_consistency(old.size, new.root, new.size, new.root, path))
