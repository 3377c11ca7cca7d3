"""The blind index as operators see it: what it holds, what it shows."""
import datetime, os, shutil, sqlite3, subprocess, time, unittest
from home import WARD, Home, ward


class Index(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        shutil.rmtree(cls.home.home)
        _, made, _ = ward("demo", "--patients", "15", home=cls.home.home, timeout=600)
        cls.home.users["clinician"] = made["clinician"]
        cls.home.serve()

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def test_status(self):
        _, status, _ = ward("index", "status", home=self.home.home)
        self.assertEqual([True], [epoch["is_current"] for epoch in status["epochs"]])
        self.assertEqual(4, status["epochs"][0]["partitions"])
        self.assertGreater(status["records"], 15)
        self.assertGreater(sum(level["entries"] for level in status["levels"]), status["records"])
        allowed = {item["parameter"]: item for item in status["allowed"]}
        self.assertIn("Patient", allowed["family"]["resources"])
        self.assertNotIn("gender", allowed)
        self.assertTrue(all(item["shows"] for item in status["allowed"]))
        # Each member is told of where operators read.
        with open(os.path.join(os.path.dirname(__file__), "../../docs/safeguards/index.md")) as f:
            page = f.read()
        for member in status:
            self.assertIn(f"`{member}`", page)
        self.assertEqual(1_000_000, status["counted_to"])

    def test_estimate(self):
        _, estimate, _ = ward("index", "estimate", home=self.home.home)
        fields = {(f["type"], f["parameter"], f["family"], f["form"]): f for f in estimate["fields"]}
        family = fields["Patient", "family", "population", "exact"]
        self.assertEqual(15, family["occurrences"])
        self.assertGreater(family["entropy_bits"], 1)
        self.assertLessEqual(family["leak_bits"], family["entropy_bits"])
        self.assertLess(family["guessed"], family["guessed_unsplit"])
        # No value and no reference stands in it.
        session = self.home.session("clinician")
        names = {e["resource"]["name"][0]["family"] for e in session.get(f"{self.home.url}/fhir/Patient?_count=15").json()["entry"]}
        for name in names:
            self.assertNotIn(name.lower(), str(estimate).lower().split("'"))
        _, sampled, _ = ward("index", "estimate", "--sample", "100", home=self.home.home)
        self.assertLessEqual(sampled["records"], estimate["records"])
        self.assertGreater(sampled["records"], 0)
        code, _, _ = ward("index", "estimate", "--sample", "0", home=self.home.home, check=False)
        self.assertEqual(2, code)


class Rebuild(unittest.TestCase):
    """Making the index anew while requests run and the process is killed."""

    QUERIES = ("Patient?name=a", "Patient?birthdate=ge1940", "Observation?code=8302-2", "Condition?code:missing=false",
               "Encounter?date=ge2000-01-01")

    def setUp(self):
        self.home = Home()
        shutil.rmtree(self.home.home)
        _, made, _ = ward("demo", "--patients", "6", home=self.home.home, timeout=600)
        self.home.users["clinician"] = made["clinician"]
        self.addCleanup(self.home.__exit__)

    def configure(self, text):
        with open(self.home.home + "/ward.yaml", "a") as f:
            f.write("\n" + text + "\n")

    def answers(self, session):
        found = {}
        for query in self.QUERIES:
            answer = session.get(f"{self.home.url}/fhir/{query}&_count=1000&_total=accurate", timeout=600)
            self.assertEqual(200, answer.status_code, query)
            bundle = answer.json()
            found[query] = (bundle["total"], sorted(e["resource"]["id"] for e in bundle.get("entry", [])))
        return found

    def status(self):
        return ward("index", "status", home=self.home.home)[1]

    def rebuilding(self, beyond=0):
        """Waits until a rebuild has passed so many versions, or has ended; gives its place, None at the end."""
        for _ in range(600):
            status = self.status()
            rebuild = status.get("rebuild")
            if rebuild is None and [2] == [e["epoch"] for e in status["epochs"]]:
                return None
            if rebuild and rebuild["passed"] > beyond:
                self.assertEqual([1, 2], [e["epoch"] for e in status["epochs"]])
                return rebuild["passed"]
            time.sleep(0.2)
        self.fail("the rebuild does not go on")

    def create_once(self, session):
        patient = {"resourceType": "Patient", "identifier": [{"system": "http://example.org/index", "value": "rebuilt"}]}
        made = session.post(
            f"{self.home.url}/fhir/Patient", json=patient, headers={"If-None-Exist": "identifier=http://example.org/index|rebuilt"})
        self.assertIn(made.status_code, (200, 201))

    def test_online_with_kills(self):
        # So slow that it cannot end before it is killed.
        self.configure("index:\n  rebuild_per_second: 1")
        self.home.serve()
        session = self.home.session("clinician")
        before = self.answers(session)
        self.assertGreaterEqual(sum(1 for total, _ in before.values() if total), 4, {q: t for q, (t, _) in before.items()})
        work = subprocess.Popen(
            [WARD, "keys", "rotate", "index", "--home", self.home.home], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(work.kill)
        passed = self.rebuilding()
        self.create_once(session)
        self.assertEqual(before, self.answers(session))
        work.kill()
        work.wait()
        self.home.kill()
        # The server goes on by itself, and is killed again.
        self.home.serve()
        self.assertEqual(before, self.answers(session))
        self.assertGreater(self.rebuilding(passed), passed)
        self.create_once(session)
        self.home.kill()
        self.home.serve(env={"WARD_INDEX_REBUILD_PER_SECOND": "0"})
        while self.rebuilding() is not None:
            pass
        self.assertEqual(before, self.answers(session))
        self.create_once(session)
        found = session.get(f"{self.home.url}/fhir/Patient?identifier=http://example.org/index|rebuilt").json()
        self.assertEqual(1, found["total"], "conditional creates made it once")
        _, keys, _ = ward("keys", "status", home=self.home.home)
        self.assertEqual(["tenant-1/index/2"], [key["id"] for key in keys["keys"] if key["kind"] == "index"])
        _, report, _ = ward("verify", home=self.home.home)
        self.assertEqual([], report["faults"])
        self.home.stop()
        _, done, _ = ward("audit", "verify", home=self.home.home)
        self.assertEqual([], done["faults"])

    def test_list_and_partitions(self):
        self.configure("index:\n  partitions: 2\n  parameters: -address-city,+Patient.address,+Observation.date")
        self.assertTrue(self.status()["needs_rebuild"])
        self.home.serve()
        session = self.home.session("clinician")
        city = session.get(self.home.url + "/fhir/Patient?_count=1").json()["entry"][0]["resource"]["address"][0]["city"]
        queries = {"address-city": city[:3], "address": city[:3]}
        before = {name: session.get(f"{self.home.url}/fhir/Patient", params={name: text}).json()["total"] for name, text in queries.items()}
        self.home.stop()
        _, done, _ = ward("index", "rebuild", home=self.home.home, timeout=300)
        self.assertEqual(2, done["epoch"])
        status = self.status()
        self.assertFalse(status["needs_rebuild"])
        self.assertEqual([(2, 2)], [(e["epoch"], e["partitions"]) for e in status["epochs"]])
        allowed = {item["parameter"]: item for item in status["allowed"]}
        self.assertNotIn("address-city", allowed)
        self.assertEqual(["Patient"], allowed["address"]["resources"])
        self.home.serve()
        for name, text in queries.items():
            self.assertEqual(before[name], session.get(f"{self.home.url}/fhir/Patient", params={name: text}).json()["total"], name)
        _, report, _ = ward("verify", home=self.home.home)
        self.assertEqual([], report["faults"])


class Damaged(unittest.TestCase):
    """A row that cannot be read stops making the index anew, and is told: to who asks by its record, to the log by its number alone."""

    def test_it_is_named(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            patient = home.session("ada").post(home.url + "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
            home.stop()
            with sqlite3.connect(home.home + "/data/records.db") as database:
                kind = "type = (SELECT number FROM record_type WHERE name = 'Patient')"
                sequence = database.execute(f"SELECT sequence FROM record WHERE {kind}").fetchone()[0]
                self.assertEqual(1, database.execute(f"UPDATE record SET patient = 'x y' WHERE {kind}").rowcount)
            database.close()
            home.serve()
            code, _, words = ward("index", "rebuild", home=home.home, check=False)
            self.assertEqual(2, code, words)
            self.assertIn(f"the id of its patient is none (Patient/{patient}), sequence {sequence}", words)
            with open(home.log) as f:
                lines = [line for line in f if "could not be made anew" in line]
            self.assertTrue(lines)
            self.assertTrue(all(line.split()[-1] == f"sequence={sequence}" for line in lines), lines[0])
            self.assertFalse(any(patient in line or "x y" in line for line in lines), "it names no patient's record")
            # It tries again after two seconds, and then after four.
            times, end = [], time.time() + 120
            while len(times) < 3 and time.time() < end:
                time.sleep(0.5)
                with open(home.log) as f:
                    times = [datetime.datetime.fromisoformat(line.split()[0]) for line in f if "could not be made anew" in line]
            self.assertGreaterEqual(len(times), 3)
            self.assertGreater((times[2] - times[0]).total_seconds(), 5.5)


class Refusals(unittest.TestCase):
    def test_lists(self):
        with Home() as home:
            for word, reason in (("+gender", "lay them open"), ("+nothing", "no search parameter"), ("family", "must begin"),
                                 ("birthdate:contains", "string")):
                code, _, words = ward("index", "status", home=home.home, check=False, env={"WARD_INDEX_PARAMETERS": word})
                self.assertEqual(2, code, word)
                self.assertIn(reason, words)
