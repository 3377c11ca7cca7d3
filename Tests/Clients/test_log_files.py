"""The files of the audit log under somebody's hand: cursor, index, header, handovers, rows aside. All is named; nothing hangs or dies of it."""
import fcntl, os, pwd, re, shutil, sqlite3, struct, subprocess, tempfile, unittest
import verify_log
from home import Home, WARD, ward


class LogFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.original = Home()
        cls.original.add("ada.lovelace", "clinician")
        cls.original.add("aud", "auditor")
        cls.original.serve()
        session = cls.original.session("ada.lovelace")
        base = cls.original.url + "/fhir"
        cls.patient = session.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": "Lovelace"}]}).json()["id"]
        for _ in range(4):
            session.get(f"{base}/Patient/{cls.patient}")
        cls.original.session("aud").get(cls.original.url + "/api/audit/denied")
        cls.original.stop()
        cls.key = ward("audit", "proof", "1", home=cls.original.home)[1]["key"]

    @classmethod
    def tearDownClass(cls):
        cls.original.__exit__()

    def setUp(self):
        self.home = os.path.join(self.original.folder, self._testMethodName)
        self.fresh()

    def fresh(self):
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.original.home, self.home, ignore=shutil.ignore_patterns("*.sock"))

    def path(self, *names):
        return os.path.join(self.home, *names)

    def change(self, *statements, file="audit.db"):
        connection = sqlite3.connect(self.path("audit", file))
        with connection:
            changed = sum(max(connection.execute(*([s] if isinstance(s, str) else s)).rowcount, 0) for s in statements)
        connection.close()
        return changed

    def verify(self, *flags):
        return ward("audit", "verify", *flags, home=self.home, check=False, timeout=600)

    def serve(self):
        done = subprocess.run([WARD, "serve", "--home", self.home, "--port", "0"], capture_output=True, text=True, timeout=600)
        return done.returncode, done.stderr

    def other(self):
        return verify_log.verify(self.path("audit", "audit.db"), verify_log.key(self.key)[2])

    def test_a_cursor_of_the_outbox_that_was_moved(self):
        for change in ["number = -9223372036854775808", "number = 9223372036854775807", "number = number + 2", "number = 0, event = x''"]:
            self.fresh()
            self.assertEqual(1, self.change(f"UPDATE outbox_cursor SET {change}"))
            self.assertEqual(["changed"], [fault.kind for fault in self.other()])
            code, words = self.serve()
            self.assertEqual(2, code, words)
            self.assertIn("outbox_cursor", words)
            code, report, _ = self.verify()
            self.assertEqual((1, ["changed"]), (code, [fault["kind"] for fault in report["faults"]]), change)
            self.assertIn("outbox_cursor", report["faults"][0]["what"])
            # The words say what sets it right.
            self.assertEqual(1, self.change(re.search(r"INSERT OR REPLACE INTO outbox_cursor VALUES\(1, \d+, x'[0-9a-f]{32}'\)", words).group(0)))
            self.assertEqual(0, self.verify()[0])
            self.assertEqual(0, ward("user", "list", home=self.home)[0])

    def test_somebody_taken_out_of_the_index(self):
        entries = sqlite3.connect(self.path("audit", "audit.db"))
        value = struct.unpack(">q", [data[48:56] for data, in entries.execute("SELECT bytes FROM entry") if 32 <= data[29] < 48][-1])[0]
        entries.close()
        self.assertGreater(self.change(
            ("DELETE FROM posting WHERE family = 2 AND value = ?", (value,)), ("DELETE FROM value WHERE value = ?", (value,)), file="index.db"), 1)
        ask = lambda *words: ward("audit", "ask", *words, home=self.home, check=False)
        self.assertEqual(2, ask("what-did", "ada.lovelace")[0])
        answer = ask("what-did", "ada.lovelace", "--whole-log")[1]
        self.assertEqual(("whole log", 5), (answer["proof"]["found_by"], sum(e.get("patient") is not None for e in answer["entries"])))
        self.assertEqual(["ada.lovelace"], [f["who"] for f in ask("same-name")[1]["findings"]])
        code, report, _ = self.verify()
        self.assertEqual((1, ["index"]), (code, sorted({fault["place"] for fault in report["faults"]})), report)
        for name in os.listdir(self.path("audit")):
            if name.startswith("index.db"):
                os.remove(self.path("audit", name))
        self.assertEqual(0, self.verify()[0])
        self.assertEqual(0, ask("what-did", "ada.lovelace")[0])
        self.assertEqual(0, self.verify()[0])

    def test_an_end_that_was_cut_off(self):
        """Set back as a whole, with the anchor kept: asked for what is missing, it says so."""
        end = sqlite3.connect(self.path("audit", "audit.db")).execute("SELECT max(position) FROM entry").fetchone()[0] + 1
        ward("user", "list", home=self.home)
        shutil.rmtree(self.path("audit"))
        shutil.copytree(os.path.join(self.original.home, "audit"), self.path("audit"))
        code, report, words = self.verify("--from", str(end), "--to", str(end + 1))
        self.assertEqual(1, code, words)
        self.assertIn("rolledBack", [fault["kind"] for fault in report["faults"]])
        code, _, words = self.verify("--from", "9223372036854775807")
        self.assertEqual((2, True), (code, "behind the log" in words), words)
        code, _, words = self.verify("--to", "0")
        self.assertEqual((2, False, True), (code, "--from" in words, "--to is the entry after the last" in words), words)

    def test_what_is_no_plain_file(self):
        for names, status in [(("data", "audit-anchor"), 1), (("audit", "handovers"), 1), (("data", "audit-witnessed"), 1), (("audit", "audit.db"), 1)]:
            for make in (os.mkfifo, os.mkdir, lambda path: os.symlink(path, path)):
                self.fresh()
                path = self.path(*names)
                if os.path.exists(path):
                    os.remove(path)
                make(path)
                code, report, words = self.verify()
                self.assertEqual(status, code, (names, words))
                told = " ".join(fault["place"] + " " + fault["what"] for fault in report["faults"])
                self.assertRegex(told, "anchor|handovers|witness|audit.db")
                if names[-1] in ("handovers", "audit.db"):
                    code, words = self.serve()
                    self.assertEqual((2, True), (code, names[-1] in words or "audit log" in words), words)
                    self.assertTrue(self.other())
                self.assertNotEqual(0, ward("audit", "show", home=self.home, check=False, timeout=600)[0] if names[-1] == "audit.db" else 2)

    def test_handovers_that_were_damaged_stay_as_evidence(self):
        with open(self.path("audit", "handovers"), "w") as f:
            f.write("junk\n")
        code, report, _ = self.verify()
        self.assertEqual((1, ["signature"]), (code, [fault["kind"] for fault in report["faults"]]))
        self.assertEqual(0, self.verify()[0], "the first verification wrote it anew")
        with open(self.path("audit", "handovers.damaged")) as f:
            self.assertEqual("junk\n", f.read())

    def test_damage_in_the_header(self):
        for offset, value in [(18, 1), (18, 3), (20, 8), (47, 9), (71, 1)]:
            self.fresh()
            with open(self.path("audit", "audit.db"), "r+b") as f:
                f.seek(offset)
                f.write(bytes([value]))
            code, report, words = self.verify()
            self.assertEqual(1, code, (offset, words))
            self.assertIn("audit.db", " ".join(fault["what"] for fault in report["faults"]))
        self.fresh()
        self.change("PRAGMA user_version = 99")
        code, _, words = self.verify()
        self.assertEqual((2, True, True), (code, "audit.db" in words, "99" in words), words)

    def emptied(self, path):
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(path + ending):
                os.remove(path + ending)
        open(path, "w").close()

    def anothers(self, path):
        self.emptied(path)
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE t(a)")
        other.execute("PRAGMA application_id = 7")
        other.commit()
        other.close()

    def test_a_database_that_is_empty_or_of_another_program(self):
        for folder, file in (("audit", "audit.db"), ("data", "records.db"), ("keys", "keys.db")):
            for change in (self.emptied, self.anothers):
                self.fresh()
                path = self.path(folder, file)
                change(path)
                code, report, words = ward("verify", home=self.home, check=False)
                self.assertEqual((1, True), (code, file in report["faults"][0]["what"]), (path, change, words))
        self.fresh()
        self.emptied(self.path("audit", "index.db"))
        self.assertEqual(0, self.verify()[0], "nothing was made in it yet: it is no index")
        self.assertEqual(0, ward("audit", "show", home=self.home)[0])
        self.assertEqual(0, self.verify()[0])
        self.anothers(self.path("audit", "index.db"))
        code, report, _ = self.verify()
        self.assertEqual((1, [("malformed", "index")]), (code, [(fault["kind"], fault["place"]) for fault in report["faults"]]))
        self.fresh()
        self.change("PRAGMA user_version = 99", file="index.db")
        code, report, _ = self.verify()
        self.assertEqual((1, [("malformed", "index")]), (code, [(fault["kind"], fault["place"]) for fault in report["faults"]]))
        code, _, words = ward("audit", "show", home=self.home, check=False)
        self.assertEqual((2, True, True), (code, "index.db" in words, "99" in words), words)
        for offset, value in [(0, 1), (18, 1), (18, 3), (20, 8), (47, 9), (71, 1)]:
            self.fresh()
            with open(self.path("audit", "index.db"), "r+b") as f:
                f.seek(offset)
                f.write(bytes([value]))
            code, report, words = self.verify()
            self.assertEqual((1, [("malformed", "index")]), (code, report and [(fault["kind"], fault["place"]) for fault in report["faults"]]), (offset, value, words))

    def untyped(self, table, statement, file="audit.db"):
        """Changes rows of a table as if it held its columns to no type, as a file of SQLite's is changed by hand."""
        def define(*change):
            connection = sqlite3.connect(self.path("audit", file))
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_schema SET sql = " + change[0] + " WHERE name = ?", (*change[1:], table))
            connection.commit()
            connection.execute(f"PRAGMA schema_version = {connection.execute('PRAGMA schema_version').fetchone()[0] + 1}")
            connection.close()
        connection = sqlite3.connect(self.path("audit", file))
        before, = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        connection.close()
        define("replace(replace(sql, 'STRICT,', ''), 'STRICT', '')")
        changed = self.change(statement, file=file)
        define("?", before)
        return changed

    def test_cells_of_another_type(self):
        """A text reads as bytes, and as a number, and is found and measured as something else."""
        for table, change, parts in [
                ("tile", "hashes = CAST(hashes || zeroblob(32) AS TEXT)", True), ("tile", "hashes = CAST(hashes AS TEXT)", True),
                ("tile", "number = number || 'x'", False), ("entry", "bytes = CAST(bytes AS TEXT) WHERE position = 2", True),
                ("checkpoint", "note = CAST(note AS TEXT)", True), ("checkpoint", "size = size || 'x'", False), ("outbox_cursor", "event = CAST(event AS TEXT)", False),
                ("outbox_cursor", "number = number || 'x'", False), ("outbox_cursor", "number = number + 0.5", False), ("book", "start = 0.5", False)]:
            self.fresh()
            self.assertGreater(self.untyped(table, f"UPDATE {table} SET {change}"), 0, change)
            self.assertNotEqual([], self.other(), change)
            for flags in [("--from", "0", "--to", "3")] * parts + [()]:
                code, report, words = self.verify(*flags)
                self.assertEqual((1, True), (code, bool(report and report["faults"])), (table, change, flags, words))

    def test_cells_of_another_type_in_the_index(self):
        for table, change in [("posting", "value = value || 'x' WHERE family = 2"), ("posting", "position = position || 'x' WHERE family = 2"), ("value", "value = value || 'x' WHERE family = 2")]:
            self.fresh()
            self.assertGreater(self.untyped(table, f"UPDATE {table} SET {change}", file="index.db"), 0, change)
            code, report, words = self.verify()
            self.assertEqual((1, ["index"]), (code, sorted({fault["place"] for fault in report["faults"]})), (change, report, words))

    def last(self):
        return sqlite3.connect(self.path("audit", "audit.db")).execute("SELECT max(position) FROM entry").fetchone()[0]

    def test_rows_of_another_type_that_nobody_signed(self):
        for copy in ("bytes", "CAST(bytes AS TEXT)"):
            self.fresh()
            self.assertEqual(1, self.untyped("entry", f"INSERT INTO entry SELECT {self.last() + 1}, {copy} FROM entry WHERE position = {self.last()}"))
            code, report, words = self.verify()
            kinds = [fault["kind"] for fault in report["faults"]]
            self.assertEqual((1, copy != "bytes"), (code, "malformed" in kinds), (copy, report, words))
        self.fresh()
        self.assertEqual(1, self.untyped("entry", f"INSERT INTO entry VALUES({self.last() + 1}, 'somebody wrote this')"))
        self.assertIn("malformed", [fault["kind"] for fault in self.verify()[1]["faults"]])
        self.assertEqual(2, ward("audit", "show", home=self.home, check=False)[0])
        self.assertEqual(1, ward("audit", "accept", "tail", home=self.home)[1]["rows"])
        code, report, words = self.verify()
        self.assertEqual((0, 1), (code, report["aside"]), (report, words))
        self.assertEqual([], self.other())

    def test_what_stands_beside_a_database(self):
        """The engine would wait for a pipe, follow a link, and play back or remove a journal: it opens none of them."""
        def junk(path):
            with open(path, "wb") as f:
                f.write(b"\x01" * 5_000)
        for ending in ("-wal", "-shm", "-journal"):
            for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/null", path)) + ((junk,) if ending == "-journal" else ()):
                for file in ("audit.db", "index.db"):
                    self.fresh()
                    for present in ("-wal", "-shm"):
                        if os.path.exists(self.path("audit", file + present)):
                            os.remove(self.path("audit", file + present))
                    path = self.path("audit", file + ending)
                    make(path)
                    before = os.lstat(path)
                    code, report, words = self.verify()
                    self.assertEqual(1, code, (path, words))
                    self.assertIn(("inserted", path), [(fault["kind"], fault["what"].split(": ")[0]) for fault in report["faults"]])
                    for command in (("audit", "show"), ("audit", "ask", "denied"), ("user", "list")) if make in (os.mkfifo, junk) else ():
                        code, _, words = ward(*command, home=self.home, check=False, timeout=600)
                        self.assertEqual((2, True), (code, path in words), (command, words))
                    code, words = self.serve()
                    self.assertEqual((2, True), (code, path in words), words)
                    self.assertEqual((before.st_ino, before.st_size), (os.lstat(path).st_ino, os.lstat(path).st_size), "it stays as evidence")
                    if file == "audit.db" and make in (os.mkfifo, junk):
                        code, report, words = ward("verify", home=self.home, check=False, timeout=600)
                        self.assertEqual((1, True), (code, path in report["faults"][0]["what"]), words)
        for folder, file in (("data", "records.db"), ("keys", "keys.db")):
            self.fresh()
            path = self.path(folder, file + "-journal")
            os.mkfifo(path)
            code, report, words = ward("verify", home=self.home, check=False, timeout=600)
            self.assertEqual((1, True), (code, path in report["faults"][0]["what"]), words)
            code, words = self.serve()
            self.assertEqual((2, True), (code, path in words), words)

    def test_a_configuration_that_is_no_file(self):
        path = os.path.join(self.home, "ward.yaml")
        for make in (os.mkfifo, os.mkdir):
            self.fresh()
            os.remove(path)
            make(path)
            for command in (("audit", "show"), ("user", "list"), ("verify",), ("audit", "verify")):
                code, _, words = ward(*command, home=self.home, check=False, timeout=600)
                self.assertEqual((2, True, False), (code, path in words and "is no plain file" in words, "ward init" in words), (command, words))
            code, words = self.serve()
            self.assertEqual((2, True, False), (code, path in words and "is no plain file" in words, "ward init" in words), words)

    def test_a_version_that_is_not_that_of_the_tables(self):
        for version in (0, 1, 2, -1):
            self.fresh()
            self.change(f"PRAGMA user_version = {version}")
            code, report, words = self.verify()
            self.assertEqual((1, ["malformed"]), (code, [fault["kind"] for fault in report["faults"]]), words)
            self.assertIn(f"user_version is {version}", report["faults"][0]["what"])
            code, words = self.serve()
            self.assertEqual((2, True, False), (code, f"user_version is {version}" in words, "from its backup" in words), words)
            self.change(re.search(r"PRAGMA user_version = \d", words).group(0))
            self.assertEqual(0, self.verify()[0])
        # A log as an older program left it is none of this: it is brought over.
        for version, tables in ((2, ("quarantine", "loss")), (1, ("quarantine", "loss", "tombstone"))):
            self.fresh()
            self.change(*(f"DROP TABLE {table}" for table in tables), f"PRAGMA user_version = {version}")
            code, _, words = self.verify()
            self.assertEqual((2, True), (code, "start the server once" in words and self.path("audit", "audit.db") in words), words)
            self.assertEqual(0, ward("user", "list", home=self.home)[0])
            self.assertEqual(0, self.verify()[0])

    def export(self, path, *flags):
        return ward("audit", "export", "--format", "csv", "--into", path, *flags, home=self.home, check=False, timeout=600)

    def test_what_stands_where_an_export_is_written(self):
        """Nothing is written through what stands at NAME.partial; what a killed command left there goes."""
        os.umask(0o022)
        out, victim = os.path.join(self.home, "out.csv"), os.path.join(self.home, "victim")
        partial = out + ".partial"
        with open(victim, "w") as f:
            f.write("precious")
        for make in (os.mkfifo, os.mkdir, lambda path: os.symlink(victim, path), lambda path: os.symlink("nowhere", path)):
            make(partial)
            code, _, words = self.export(out)
            self.assertEqual((2, True), (code, partial in words and "move it aside" in words), words)
            self.assertFalse(os.path.lexists(out))
            shutil.rmtree(partial) if os.path.isdir(partial) and not os.path.islink(partial) else os.remove(partial)
        # A name that another file of this account has too.
        for make in (lambda path: os.link(victim, path), lambda path: open(path, "w").close()):
            make(partial)
            os.chmod(partial, 0o666)
            self.assertEqual(0, self.export(out)[0])
            self.assertEqual((0o600, 1, False), (os.lstat(out).st_mode & 0o777, os.stat(out).st_nlink, os.path.lexists(partial)))
            os.remove(out)
        # Another command is at it.
        with open(partial, "w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            code, _, words = self.export(out)
            self.assertEqual((2, True), (code, "another command is writing it" in words), words)
        if os.geteuid() == 0:
            os.chown(partial, 65534, 65534)
            code, _, words = self.export(out)
            self.assertEqual((2, True), (code, "no command of this account left it" in words), words)
        os.remove(partial)
        with open(victim) as f:
            self.assertEqual("precious", f.read())
        os.symlink("nowhere", out)
        code, _, words = self.export(out)
        self.assertEqual((2, True), (code, "is there already" in words), words)
        # The lock of a home says who has it: not in what a link names.
        os.remove(self.path("run", "lock"))
        os.symlink(victim, self.path("run", "lock"))
        code, _, words = ward("user", "list", home=self.home, check=False)
        self.assertEqual((2, True), (code, self.path("run", "lock") in words), words)
        with open(victim) as f:
            self.assertEqual("precious", f.read())

    def test_what_the_account_may_not_read(self):
        """It is not missing and not changed, and nothing is to be made or restored: the file, the account and the remedy are named."""
        place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, place, True)
        os.chmod(place, 0o755)
        home, program, under, name = os.path.join(place, "home"), WARD, [], pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            # Modes do not bind root.
            account = pwd.getpwnam("nobody")
            name, program = "nobody", shutil.copy(WARD, place)
            under = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]

        def run(*arguments):
            done = subprocess.run([*under, program, *arguments, "--home", home], capture_output=True, text=True, timeout=6000,
                                  env={**os.environ, "HOME": place})
            return done.returncode, done.stdout + done.stderr

        def made(path=None, mode=None):
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(self.original.home, home, ignore=shutil.ignore_patterns("*.sock"))
            if path and not os.path.exists(os.path.join(home, path)):
                open(os.path.join(home, path), "w").close()
            for folder, _, files in os.walk(home):
                for file in [folder, *(os.path.join(folder, file) for file in files)]:
                    if under:
                        os.lchown(file, account.pw_uid, account.pw_gid)
            if path:
                os.chmod(os.path.join(home, path), mode)
                self.addCleanup(os.chmod, os.path.join(home, path), 0o700) if not under else None

        commands = (("audit", "verify"), ("audit", "show"), ("audit", "ask", "denied"), ("verify",), ("serve", "--port", "0"),
                    ("audit", "export", "--format", "csv", "--into", os.path.join(place, "out")))
        made()
        self.assertEqual(0, run("audit", "verify")[0])
        for path in ("audit", "audit/audit.db", "audit/audit.db-wal", "audit/index.db", "data", "data/audit-anchor", "data/audit-witnessed",
                     "keys", "keys/log.key", "keys/keyring.key", "ward.yaml", "."):
            made(path, 0)
            for command in commands:
                code, words = run(*command)
                told = os.path.normpath(os.path.join(home, path))
                self.assertEqual(2, code, (path, command, words))
                self.assertRegex(words, f"{re.escape(told)}: may not be .* by this account \\({name}\\).*chmod", command)
                self.assertNotRegex(words, "missing|changed|ward init|restore|removed")
            os.chmod(os.path.join(home, path), 0o700)
        # What may only be read: reading goes on where it can, and writing is told of in the same way.
        show, whole = ("audit", "show"), ("verify",)
        for path, mode, command in [("audit/audit.db", 0o400, show), ("audit", 0o500, show), ("audit", 0o500, ("audit", "verify")),
                                    ("data/records.db", 0, whole), ("data/records.db", 0o400, show), ("keys/keys.db", 0, whole)]:
            made(path, mode)
            code, words = run(*command)
            told = os.path.join(home, path)
            self.assertEqual(2, code, (path, command, words))
            self.assertRegex(words, f"{re.escape(told)}: may not be .* by this account \\({name}\\)", command)
            self.assertNotRegex(words, "missing|changed|ward init|restore|check that")
            os.chmod(told, 0o700)

    def test_rows_that_nobody_reads(self):
        for change in ["INSERT INTO quarantine VALUES(-5, 3, x'00')", "CREATE TABLE stray(a)", "CREATE INDEX stray ON entry(bytes)",
                       "INSERT INTO tile SELECT year, 7, 0, hashes FROM tile LIMIT 1", "INSERT INTO tile SELECT year, 0, -9223372036854775808, hashes FROM tile LIMIT 1",
                       "INSERT INTO checkpoint SELECT -9223372036854775808, size, note FROM checkpoint LIMIT 1"]:
            self.fresh()
            self.change(change)
            self.assertTrue(self.other(), change)
            code, report, _ = self.verify()
            self.assertEqual((1, {"inserted"}), (code, {fault["kind"] for fault in report["faults"]}), (change, report))

    def test_a_changed_log_is_told_as_such_over_fhir(self):
        home, self.original.home = self.original.home, self.home
        try:
            self.change("UPDATE entry SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'5a' AS BLOB) WHERE position = 4")
            self.original.serve()
            session = self.original.session("aud")
            answer = session.get(self.original.url + "/fhir/AuditEvent?_count=100")
            self.assertEqual(500, answer.status_code, answer.text)
            self.assertIn("not what was signed", answer.text)
        finally:
            self.original.kill()
            self.original.home = home

    def test_words_have_no_codes(self):
        """The names of kinds of failure are the program's own; people read what is wrong."""
        codes = "unavailable|overloaded|clock|tooLarge|noEvidence|tampered|outboxRolledBack|malformed|sealed|invalidOrigin"
        for command, said in [
                (["accept", "tail"], "nothing stands behind the newest checkpoint"), (["proof", "99999"], "entry"),
                (["proof", "--since", "0", "--year", "1999"], "no signed book of that year"), (["ask", "what-did", "nobody"], "knows nobody")]:
            code, _, words = ward("audit", *command, home=self.home, check=False)
            self.assertNotEqual(0, code, command)
            self.assertIn(said, words)
            self.assertNotRegex(words, rf"\b({codes}): ", command)

    def test_a_hold_from_a_time_to_come(self):
        code, _, words = ward("audit", "hold", "add", "x", "--from", "2999-01-01", home=self.home, check=False)
        self.assertEqual((2, True), (code, "lies in the future" in words), words)


if __name__ == "__main__":
    unittest.main()
