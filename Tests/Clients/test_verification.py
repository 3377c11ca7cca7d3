"""`ward verify`: nothing is named while honest clients write, and what somebody did to the index is."""
import os, random, shutil, sqlite3, struct, threading, time, unittest
from home import Home, ward


def observation(reference, code="8480-6"):
    return {"resourceType": "Observation", "status": "final", "subject": {"reference": reference},
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]}}


class BesideAServer(unittest.TestCase):
    def test_no_fault_while_clients_write(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            base = home.url + "/fhir"
            # Enough records that a verification takes several pages.
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": {"resourceType": "Patient", "name": [{"family": f"F{n}"}]}, "request": {"method": "POST", "url": "Patient"}}
                for n in range(900)]}
            self.assertEqual(200, session.post(base, json=bundle, timeout=600).status_code)
            stopped, failures = threading.Event(), []

            def write(number):
                import requests
                client = requests.Session()
                client.verify, client.headers = session.verify, session.headers
                patient = client.post(base + "/Patient", json={"resourceType": "Patient"}).json()
                count = 0
                while not stopped.is_set():
                    count += 1
                    answer = client.put(f"{base}/Patient/{patient['id']}", json={**patient, "active": count % 2 == 0})
                    if answer.status_code != 200:
                        failures.append(answer.status_code)
                        return
                    if number == 0 and count % 5 == 0:
                        made = client.post(base + "/Observation", json=observation(f"Patient/{patient['id']}"))
                        client.delete(f"{base}/Observation/{made.json()['id']}")
            threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
            for thread in threads:
                thread.start()
            try:
                for run in range(6):
                    code, report, errors = ward("verify", home=home.home, check=False)
                    self.assertEqual((0, []), (code, report["faults"]), f"run {run}: {errors}")
            finally:
                stopped.set()
                for thread in threads:
                    thread.join()
            self.assertEqual([], failures)


class OwnAddress(unittest.TestCase):
    def test_a_reference_by_the_own_url(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            old = home.url + "/fhir"
            patient = session.post(old + "/Patient", json={"resourceType": "Patient"}).json()["id"]
            own = f"{old}/Patient/{patient}"
            sent = observation(own)
            made = session.post(old + "/Observation", json=sent)
            self.assertEqual(201, made.status_code)
            self.assertEqual(own, made.json()["subject"]["reference"], "what was sent comes back")

            def found(session, **query):
                bundle = session.get(home.url + "/fhir/Observation", params={**query, "_total": "accurate"}).json()
                return bundle.get("total")
            for reference in (f"Patient/{patient}", patient, own):
                self.assertEqual(1, found(session, subject=reference))
                self.assertEqual(1, found(session, patient=reference))
            code, report, _ = ward("verify", home=home.home, check=False)
            self.assertEqual((0, []), (code, report["faults"]))
            home.stop()
            time.sleep(30 - time.time() % 30 + 0.2)  # a code works once
            home.serve()
            self.assertNotEqual(old, home.url + "/fhir", "the server got another port")
            session = home.session("ada")
            for reference in (f"Patient/{patient}", patient, own, f"{home.url}/fhir/Patient/{patient}"):
                self.assertEqual(1, found(session, subject=reference))
                self.assertEqual(1, found(session, patient=reference))
            self.assertEqual(0, ward("verify", home=home.home, check=False)[0])


class LargeResources(unittest.TestCase):
    def test_too_many_values_are_refused_by_name(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            large = observation("Patient/1")
            large["code"]["coding"] = [{"system": "urn:s", "code": f"c{n}"} for n in range(32_000)]
            answer = session.post(home.url + "/fhir/Observation", json=large)
            self.assertEqual(422, answer.status_code)
            issue = answer.json()["issue"][0]
            self.assertIn("code", issue["expression"][0])
            self.assertIn("20000", issue["diagnostics"])


class Index(unittest.TestCase):
    """Somebody with the disk changes the index, so that searches miss records or find what they should not."""
    RECORDS = "data/records.db"

    @classmethod
    def setUpClass(cls):
        cls.original = Home()
        cls.original.add("ada", "clinician")
        cls.original.serve()
        session = cls.original.session("ada")
        base = cls.original.url + "/fhir"
        cls.patient = session.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": "Index"}]}).json()["id"]
        cls.observation = session.post(base + "/Observation", json=observation(f"Patient/{cls.patient}")).json()["id"]
        cls.original.stop()

    @classmethod
    def tearDownClass(cls):
        cls.original.__exit__()

    def setUp(self):
        self.home = os.path.join(self.original.folder, self._testMethodName)
        shutil.copytree(self.original.home, self.home, ignore=shutil.ignore_patterns("*.sock"))
        self.database = sqlite3.connect(os.path.join(self.home, self.RECORDS))
        self.addCleanup(self.database.close)
        self.sequence = self.database.execute(
            "SELECT sequence FROM record WHERE type = (SELECT number FROM record_type WHERE name = 'Observation')").fetchone()[0]

    def change(self, statement, *values):
        with self.database:
            self.assertGreater(self.database.execute(statement, values).rowcount, 0, "the test changed nothing")

    def tokens(self):
        list = self.database.execute("SELECT tokens FROM token_list WHERE record = ?", (self.sequence,)).fetchone()[0]
        return [token for (token,) in struct.iter_unpack("<q", list)]

    def put(self, tokens):
        self.change("UPDATE token_list SET tokens = ? WHERE record = ?",
                    b"".join(struct.pack("<q", token) for token in sorted(tokens)), self.sequence)

    def named(self, words, place=None):
        self.database.close()
        code, report, _ = ward("verify", home=self.home, check=False)
        self.assertEqual(1, code, report)
        place = f"Observation/{self.observation}" if place is None else place
        self.assertTrue(any(
            fault["kind"] == "index" and place in fault["place"] and words in fault["what"] for fault in report["faults"]),
            report["faults"])

    def test_whole_before(self):
        self.assertEqual(0, ward("verify", home=self.home)[0])

    def test_parts(self):
        for part in (("--since", "2020-01-01"), ("--sample", "1")):
            code, report, errors = ward("verify", *part, home=self.home, check=False)
            self.assertEqual((0, []), (code, report["faults"]), errors)
            self.assertGreater(report["entries"], 0, part)
        for wrong in (("--since", "yesterday"), ("--since", "2999-01-01T00:00:00Z"), ("--sample", "0"), ("--sample", "5", "--background")):
            self.assertEqual(2, ward("verify", *wrong, home=self.home, check=False)[0], wrong)

    def test_a_tampered_row_in_parts(self):
        self.change("UPDATE record SET updated_at = updated_at + 1 WHERE sequence = ?", self.sequence)
        self.database.close()
        for part in (("--since", "2020-01-01"), ("--sample", "1000")):
            code, report, _ = ward("verify", *part, home=self.home, check=False)
            self.assertEqual((1, ["changed"]), (code, [fault["kind"] for fault in report["faults"]]), part)

    def test_tokens_of_an_account(self):
        self.sequence = self.database.execute(
            "SELECT max(sequence) FROM record WHERE current = 1 AND type = "
            "(SELECT number FROM record_type WHERE name = '_user')").fetchone()[0]
        self.put(self.tokens()[1:] + [random.getrandbits(62)])
        self.named("searches miss it", place="_user/")

    def test_tokens_deleted(self):
        self.change("DELETE FROM token_list WHERE record = ?", self.sequence)
        self.named("searches miss it")

    def test_one_token_taken_out(self):
        self.put(self.tokens()[1:])
        self.named("searches miss it")

    def test_one_token_put_in(self):
        self.put(self.tokens() + [random.getrandbits(62)])
        self.named("tokens that are not of it")

    def test_one_token_changed(self):
        self.put(self.tokens()[1:] + [random.getrandbits(62)])
        self.named("searches miss it")

    def test_said_to_be_merged(self):
        for slice in range(64):
            self.change("INSERT OR REPLACE INTO token_slice (slice, through) VALUES (?, ?)", slice, 1 << 40)
        self.named("searches miss it")

    def test_a_stray_among_the_merged(self):
        self.change("INSERT INTO token (token, record) VALUES (?, ?)", random.getrandbits(62), self.sequence)
        self.named("tokens that are not of it")

    def test_a_stray_of_no_version(self):
        self.change("INSERT INTO token (token, record) VALUES (?, ?)", random.getrandbits(62), 1 << 40)
        self.named("not there", place="")

    def test_a_void_entry_that_would_erase(self):
        token = self.tokens()[0]
        bucket = ((token ^ (-1 << 63)) & ((1 << 64) - 1)) >> 52
        self.change("INSERT INTO token_run (key, entries) VALUES (?, ?)", bucket << 50 | 1,
                    struct.pack("<qq", token, -self.sequence))
        self.named("tokens that are not of it")

    def test_the_filter_record_taken_away(self):
        self.change("UPDATE record SET filter = x'' WHERE sequence = ?", self.sequence)
        self.named("filter record is missing")

    def test_the_filter_record_of_another(self):
        patient = self.database.execute(
            "SELECT filter FROM record WHERE type = (SELECT number FROM record_type WHERE name = 'Patient')").fetchone()[0]
        self.change("UPDATE record SET filter = ? WHERE sequence = ?", patient, self.sequence)
        self.database.close()
        code, report, _ = ward("verify", home=self.home, check=False)
        self.assertEqual(1, code)
        self.assertIn("changed", {fault["kind"] for fault in report["faults"]})


class Background(unittest.TestCase):
    """The verification that the server does by itself: throttled, killed, gone on with."""

    def status(self, home):
        return ward("verify", "--status", home=home.home)[1]

    def until(self, home, condition):
        """Waits until the status is as wished; gives it."""
        end = time.time() + 120
        while time.time() < end:
            status = self.status(home)
            if condition(status):
                return status
            time.sleep(0.2)
        self.fail(f"the verification in the background does not get there: {status}")

    def metrics(self, home, session):
        lines = session.get(home.url + "/metrics", timeout=60).text.splitlines()
        return {line.split(" ")[0].split("{")[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line and line[0] != "#"}

    def test_killed_and_gone_on_with(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.add("adm", "administrator")
            home.serve(env={"WARD_VERIFY_PER_SECOND": "2"})
            session, administrator = home.session("ada"), home.session("adm")
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}} for _ in range(100)]}
            self.assertEqual(200, session.post(home.url + "/fhir", json=bundle, timeout=600).status_code)
            _, begun, _ = ward("verify", "--background", home=home.home)
            self.assertNotIn("last", begun)
            # A place is durable every few seconds; wait for one that is.
            before = self.until(home, lambda s: s["running"]["passed"] >= 12)["running"]
            home.kill()
            self.assertGreater(self.status(home)["running"]["passed"], 0, "it lies beside the records")
            home.serve(env={"WARD_VERIFY_PER_SECOND": "0"})
            last = self.until(home, lambda s: "running" not in s)["last"]
            self.assertEqual((before["begun_at"], True, []), (last["begun_at"], last["is_whole"], last["faults"]))
            self.assertGreaterEqual(last["versions"], 102)
            # The status is durable before the metrics show it.
            metrics, end = {}, time.time() + 60
            while "ward_verification_ended_seconds" not in metrics and time.time() < end:
                time.sleep(0.1)
                metrics = self.metrics(home, administrator)
            self.assertEqual(0, metrics["ward_verification_faults"])
            self.assertGreater(metrics["ward_verification_ended_seconds"], time.time() - 3600)
            # Somebody with the disk sets a record's time.
            with sqlite3.connect(home.home + "/data/records.db", timeout=60) as database:
                database.execute("UPDATE record SET updated_at = updated_at + 1 WHERE sequence = (SELECT max(sequence) FROM record)")
            database.close()
            ward("verify", "--background", home=home.home)
            last = self.until(home, lambda s: "running" not in s and s["last"]["fault_count"])["last"]
            self.assertEqual(["changed"], [fault["kind"] for fault in last["faults"]])
            end = time.time() + 60
            while self.metrics(home, administrator)["ward_verification_faults"] != 1 and time.time() < end:
                time.sleep(0.2)
            self.assertEqual(1, self.metrics(home, administrator)["ward_verification_faults"])
            home.stop()
            _, lines, _ = ward("audit", "show", "--last", "10000", home=home.home)
            told = [(line["details"], line["outcome"]) for line in lines if line["event"] == "verify"]
            self.assertEqual(2, sum("background-begins" in str(details) for details, _ in told), told)
            self.assertEqual(1, sum(outcome != "success" for _, outcome in told), told)

    def test_a_state_that_somebody_changed(self):
        with Home() as home:
            ward("verify", "--background", home=home.home)
            self.assertIn("running", self.status(home))
            path = home.home + "/data/verification"
            with open(path, "r+b") as f:
                f.seek(40)
                byte = f.read(1)[0]
                f.seek(40)
                f.write(bytes([byte ^ 1]))
            self.assertEqual({}, self.status(home), "what was changed is not believed")
