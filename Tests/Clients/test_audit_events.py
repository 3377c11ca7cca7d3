"""The log as FHIR AuditEvents: read, searched by every parameter, written by nobody, true to the profiles that it declares."""
import base64, os, unittest
import requests
from balp import Patterns, codes, mutations
from home import Home, ward

DATA = os.path.join(os.environ.get("WARD_TEST_DATA", os.path.join("..", "shared", "data")), "balp-fsh", "input", "fsh")
REST = [f"{prefix}{name}" for name in ("Create", "Read", "Update", "Delete", "Query") for prefix in ("", "Patient")]


@unittest.skipUnless(os.path.isdir(DATA), "the FSH sources of BALP are not there")
class Rules(unittest.TestCase):
    """The checks themselves: every published example passes, and every rule can fail."""

    def test_examples(self):
        patterns = Patterns(DATA)
        failing, reached = {}, {}
        for name, (profile, _) in patterns.examples.items():
            if profile not in REST:
                continue
            _, example = patterns.example(name)
            outcome = dict(patterns.check(example, profile))
            self.assertEqual([], [rule for rule, holds in outcome.items() if not holds], name)
            failed = failing.setdefault(profile, set())
            rules = patterns.rules(profile)
            slices = patterns.slices(rules)
            # A rule on a part that no example has cannot be seen to fail.
            reached.setdefault(profile, set()).update(rule for rule, path, *_ in rules if patterns.elements(example, path, slices)[0])
            for changed in mutations(example):
                try:
                    failed |= {rule for rule, holds in patterns.check(changed, profile) if not holds}
                except (AttributeError, TypeError):
                    pass
        self.assertEqual(set(REST), set(failing))
        for profile, failed in failing.items():
            never = [name for name, path, kind, argument in patterns.rules(profile)
                     if name in reached[profile] - failed and not (kind == "count" and argument in ((0, "1"), (0, "*"))) and not path.startswith("entity[transaction]")
                     and not path.endswith("].type") and not path.startswith("subtype[")]
            self.assertEqual([], never, profile)


class AuditEvents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home, cls.ada, cls.aud = Home.with_auditor()
        cls.base = cls.home.url + "/fhir"
        cls.patients = []
        for type in ("Patient", "Patient", "Organization"):
            made = cls.ada.post(f"{cls.base}/{type}", json={"resourceType": type, "active": True}).json()
            if type == "Patient":
                cls.patients.append(made["id"])
            cls.ada.get(f"{cls.base}/{type}/{made['id']}")
            cls.ada.get(f"{cls.base}/{type}/{made['id']}/_history/1")
            cls.ada.get(f"{cls.base}/{type}/{made['id']}/_history")
            cls.ada.put(f"{cls.base}/{type}/{made['id']}", json={**made, "active": False})
            if type != "Patient" or len(cls.patients) == 2:
                cls.ada.delete(f"{cls.base}/{type}/{made['id']}")
        cls.third = cls.ada.post(f"{cls.base}/Patient", json={"resourceType": "Patient"}).json()["id"]
        cls.ada.get(f"{cls.base}/Patient")
        cls.ada.get(f"{cls.base}/Organization")
        cls.ada.get(f"{cls.base}/Patient/00000000-0000-4000-8000-000000000000")

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def search(self, session=None, **parameters):
        return (session or self.aud).get(f"{self.base}/AuditEvent", params=parameters)

    def events(self, **parameters):
        answer = self.search(**{"_count": 500, **parameters})
        self.assertEqual(200, answer.status_code, (parameters, answer.text[:300]))
        return [entry["resource"] for entry in answer.json().get("entry", [])]

    def test_a_reading_that_fails_is_told_as_one(self):
        for path, what in [("?unknown=1", "fhir-search"), ("?date=x", "fhir-search"), ("?_sort=type", "fhir-search"), ("?_page=AAAA", "fhir-search"),
                           ("/" + "0" * 8 + "-0000-7000-8000-" + "0" * 12 + "?x=1", "fhir-read"), ("/" + "0" * 8 + "-0000-7000-8000-" + "0" * 12 + "/_history/1?x=1", "fhir-read")]:
            self.assertEqual(400, self.aud.get(f"{self.base}/AuditEvent{path}").status_code, path)
            told = ward("audit", "show", "--last", "20", home=self.home.home)[1]
            line = [line for line in told if line["event"] == "log-read" and line["details"] != ["what=show"]][-1]
            self.assertEqual(("minor-failure", ["what=" + what]), (line["outcome"], line["details"]), path)

    @unittest.skipUnless(os.path.isdir(DATA), "the FSH sources of BALP are not there")
    def test_profiles_are_declared_and_true(self):
        patterns, seen = Patterns(DATA), set()
        for event in self.events():
            for url in event["meta"].get("profile", []):
                name = url.rsplit(".", 1)[1]
                broken = [rule for rule, holds in patterns.check(event, name) if not holds]
                self.assertEqual([], broken, event)
                self.assertEqual("0", event["outcome"])
                seen.add(name)
            if event["outcome"] != "0":
                self.assertNotIn("profile", event["meta"])
                self.assertEqual("OperationOutcome", event["contained"][0]["resourceType"])
        self.assertEqual(set(REST), seen)

    def test_one_event_for_each_patient_of_a_result(self):
        found = [e for e in self.events(subtype="search-type") if e["entity"][0].get("what", {}).get("reference", "").startswith("Patient/")]
        self.assertEqual({f"Patient/{self.patients[0]}", f"Patient/{self.third}"}, {e["entity"][0]["what"]["reference"] for e in found})

    def test_who_was_refused_a_patient_is_found_by_the_patient(self):
        self.assertEqual(403, self.aud.get(f"{self.base}/Patient/{self.third}").status_code)
        found = [event for event in self.events(patient=f"Patient/{self.third}") if event["outcome"] == "4"]
        self.assertEqual(["aud"], [event["agent"][-1].get("name") or event["agent"][0].get("name") for event in found])

    def test_a_query_is_kept_as_names_and_digests(self):
        self.ada.get(f"{self.base}/Patient", params={"family": "Verysecretname"})
        event = self.events(subtype="search-type", _count=1)[0]
        query = base64.b64decode([e for e in event["entity"] if "query" in e][0]["query"]).decode()
        self.assertRegex(query, r"^Patient\?family=[0-9a-f]{16}$")
        self.assertNotIn("Verysecretname", self.search(_count=500).text)

    def test_reading_one(self):
        event = self.events(_count=3)[1]
        answer = self.aud.get(f"{self.base}/AuditEvent/{event['id']}")
        self.assertEqual((200, event), (answer.status_code, answer.json()))
        self.assertEqual(404, self.aud.get(f"{self.base}/AuditEvent/00000000-0000-7000-8000-000000000000").status_code)
        self.assertEqual(404, self.aud.get(f"{self.base}/AuditEvent/x").status_code)
        newest = self.events(_count=1)[0]
        self.assertIn("log-read", [code for _, code in codes(newest["subtype"][0])])

    def test_every_parameter(self):
        patient, ada = f"Patient/{self.patients[0]}", self.home.users["ada"]["id"]
        every = self.events()
        day = min(e["recorded"] for e in every)[:10]

        def where(predicate):
            return {e["id"] for e in every if predicate(e)}
        expected = {
            ("action", "C"): where(lambda e: e["action"] == "C"), ("agent-name", "ada"): where(lambda e: any(a.get("name") == "ada" for a in e["agent"])),
            ("agent-role", "clinician"): where(lambda e: "clinician" in str([a.get("role") for a in e["agent"]])),
            ("altid", ada): where(lambda e: any(a.get("altId") == ada for a in e["agent"])),
            ("address", "127.0.0.1"): where(lambda e: any(a.get("network", {}).get("address") == "127.0.0.1" for a in e["agent"])),
            ("date", "ge" + day): where(lambda e: True), ("date", "lt2001"): set(),
            ("entity", patient): where(lambda e: any(patient == n.get("what", {}).get("reference") for n in e.get("entity", []))),
            ("entity-role", "24"): where(lambda e: any(n.get("role", {}).get("code") == "24" for n in e.get("entity", []))),
            ("entity-type", "1"): where(lambda e: any(n.get("type", {}).get("code") == "1" for n in e.get("entity", []))),
            ("outcome", "4"): where(lambda e: e["outcome"] == "4"),
            ("patient", patient): where(lambda e: any(patient == n.get("what", {}).get("reference") for n in e.get("entity", []))),
            ("site", "ward"): where(lambda e: True), ("subtype", "vread"): where(lambda e: "vread" in str(e["subtype"])),
            ("type", "rest"): where(lambda e: e["type"]["code"] == "rest"), ("policy", "urn:x"): set(), ("entity-name", "x"): set(),
            ("agent", "Practitioner/1"): set(), ("source", "Device/1"): set(), ("_id", every[5]["id"]): {every[5]["id"]},
        }
        for (name, value), wanted in expected.items():
            found = {e["id"] for e in self.events(**{name: value})}
            # Each search adds an event of its own: what was there before must agree.
            self.assertEqual(wanted, found & {e["id"] for e in every}, name)
        statement = requests.get(self.base + "/metadata", verify=self.home.authority).json()
        served = [r for r in statement["rest"][0]["resource"] if r["type"] == "AuditEvent"][0]
        self.assertEqual({"read", "search-type"}, {i["code"] for i in served["interaction"]})
        self.assertLessEqual({p["name"] for p in served["searchParam"]}, {name for name, _ in expected} | {"_lastUpdated", "_tag", "_profile", "_security", "_source"})
        self.assertEqual(400, self.search(nonsense="1").status_code)
        # Nothing is said that the log does not hold: not by which address the server was asked for the entry.
        server = {a["network"]["address"] for e in every for a in e["agent"] if a["who"].get("display") == "Ward"}
        self.assertEqual({"urn:ward:server"}, server)
        # Newest first is the order that there is, by either name; the other one is refused in words that say so.
        newest = [e["id"] for e in self.events(subtype="read", _sort="-date")]
        self.assertEqual(newest, [e["id"] for e in self.events(subtype="read", _sort="-_lastUpdated")])
        for order in ("_lastUpdated", "date"):
            refused = self.search(_sort=order)
            self.assertEqual((400, True), (refused.status_code, "ask for -date" in refused.text), refused.text)
        self.assertEqual(len(newest), self.search(subtype="read", _count=1, _total="accurate").json()["total"])
        self.assertNotIn("total", self.search(subtype="read", _count=1).json())

    def test_pages(self):
        bundle, seen = self.search(subtype="read", _count=2).json(), []
        while True:
            seen += [entry["resource"]["id"] for entry in bundle.get("entry", [])]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                break
            bundle = self.aud.get(following[0]).json()
        self.assertEqual(len(seen), len(set(seen)))
        self.assertLessEqual(4, len(seen))
        self.assertEqual(len(seen), self.search(subtype="read", _summary="count").json()["total"])

    def test_nobody_writes_and_only_auditors_read(self):
        event = self.events(_count=1)[0]
        for session in (self.ada, self.aud):
            self.assertEqual(405, session.post(f"{self.base}/AuditEvent", json=event).status_code)
            self.assertEqual(405, session.put(f"{self.base}/AuditEvent/{event['id']}", json=event).status_code)
            self.assertEqual(405, session.delete(f"{self.base}/AuditEvent/{event['id']}").status_code)
        self.assertEqual(403, self.search(self.ada).status_code)
        self.assertEqual(403, self.ada.get(f"{self.base}/AuditEvent/{event['id']}").status_code)
        bundle = {"resourceType": "Bundle", "type": "transaction",
                  "entry": [{"resource": event, "request": {"method": "POST", "url": "AuditEvent"}}]}
        self.assertIn(self.ada.post(self.base, json=bundle).status_code, (400, 403, 405))
        bundle["type"] = "batch"
        self.assertRegex(self.ada.post(self.base, json=bundle).json()["entry"][0]["response"]["status"], "^40[35]")
