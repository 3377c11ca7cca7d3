"""What people ask of the log, by command and by the API: answered, paged, proved, and itself in the log."""
import csv, io, subprocess, unittest
import requests
import verify_log
from home import Home, WARD, ward


class Questions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        for name, role in [("ada.lovelace", "clinician"), ("bob", "clinician"), ("aud", "auditor"), ("pia", "privacy-officer")]:
            cls.home.add(name, role)
        cls.home.serve()
        cls.ada, cls.aud = cls.home.session("ada.lovelace"), cls.home.session("aud")
        base = cls.home.url + "/fhir"
        cls.patients = [cls.ada.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": family, "given": ["Zoe"]}]}).json()["id"]
                        for family in ("Lovelace", "Other")]
        for id in cls.patients:
            for _ in range(6):
                cls.ada.get(f"{base}/Patient/{id}")
        cls.bob = cls.home.session("bob")
        cls.bob.get(f"{base}/Patient/{cls.patients[1]}")
        cls.aud.get(base + "/Patient")
        cls.home.sign_in("bob", password="wrong wrong wrong")

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def ask(self, *question, check=True):
        return ward("audit", "ask", *question, home=self.home.home, check=check)

    def api(self, question, session=None, **parameters):
        return (session or self.aud).get(f"{self.home.url}/api/audit/{question}", params=parameters)

    def test_who_saw(self):
        patient = f"Patient/{self.patients[1]}"
        answer = self.ask("who-saw", patient)[1]
        self.assertEqual({"ada.lovelace": 7, "bob": 1}, {n: sum(e["actor"] == n for e in answer["entries"]) for n in ("ada.lovelace", "bob")})
        self.assertTrue(all(e["patient"] == patient for e in answer["entries"]))
        self.assertEqual({e["entry"] for e in answer["entries"]}, {e["entry"] for e in self.ask("who-saw", patient, "--whole-log")[1]["entries"]})
        # The proof is a signed checkpoint that others check, and each entry of the answer can be proved to them.
        _, _, public = verify_log.key(answer["proof"]["key"])
        self.assertTrue(verify_log.is_signed(verify_log.parse(answer["proof"]["checkpoint"].encode()), public))
        proof = ward("audit", "proof", answer["entries"][0]["id"], home=self.home.home)[1]["proof"]
        verify_log.verify_proof(proof, public)

    def test_pages_over_the_api(self):
        patient = f"Patient/{self.patients[0]}"
        url, seen = f"{self.home.url}/api/audit/who-saw?patient={patient}&limit=3", []
        while url:
            page = self.aud.get(url)
            self.assertEqual(200, page.status_code, page.text)
            seen += [e["entry"] for e in page.json()["entries"]]
            url = page.json().get("next_link") and self.home.url + page.json()["next_link"]
        self.assertEqual(7, len(seen))
        self.assertEqual(sorted(set(seen), reverse=True), seen)

    def test_reading_the_log_is_in_the_log(self):
        patient = f"Patient/{self.patients[0]}"
        self.assertEqual(200, self.api("who-saw", patient=patient).status_code)
        done = self.ask("what-did", "aud")[1]["entries"]
        read = [e for e in done if e["event"] == "log-read" and "what=ask-who-saw" in e["details"]]
        self.assertTrue(read and read[0]["patient"] == patient and read[0]["session"], done)

    def test_only_auditors_and_privacy_officers(self):
        officer = self.home.session("pia")
        self.assertEqual(200, self.api("denied", officer).status_code)
        self.assertEqual(403, officer.get(self.home.url + "/fhir/Patient").status_code)
        for session in (self.ada, self.bob):
            self.assertEqual(403, self.api("denied", session).status_code)
        self.assertEqual(401, requests.get(self.home.url + "/api/audit/denied", verify=self.home.authority).status_code)
        refused = [e for e in self.api("denied").json()["entries"] if e.get("record") == "AuditEvent"]
        self.assertEqual({"ada.lovelace", "bob"}, {e["actor"] for e in refused})

    def test_every_question_is_answered(self):
        for question in ("left-the-building", "denied", "break-glass", "out-of-hours", "unusual", "same-name", "new-places", "gaps"):
            by_command = self.ask(question)[1]
            answer = self.api(question)
            self.assertEqual(200, answer.status_code, (question, answer.text))
            self.assertEqual(question, answer.json()["question"])
            self.assertEqual(question, by_command["question"])

    def test_denied(self):
        found = self.api("denied", limit=500).json()["entries"]
        self.assertTrue(any(e["event"] == "sign-in-failed" and e["outcome"] == "minor-failure" for e in found), found)
        self.assertTrue(any(e["event"] == "refusal" and e.get("actor") == "aud" and e.get("record") == "Patient" for e in found))

    def test_whom_a_refusal_was_about(self):
        made = self.ada.post(self.home.url + "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
        patient, before = f"Patient/{made}", len(self.api("denied", limit=500).json()["entries"])
        url = f"{self.home.url}/fhir/{patient}"
        expected = [405, 404, 405, 403, 403]
        got = [
            self.ada.patch(url, json=[]), self.ada.get(url + "/$everything"), self.ada.options(url),
            self.api("who-saw", self.ada, patient=patient), self.api("who-saw", self.ada, nonsense=1)]
        self.assertEqual(expected, [answer.status_code for answer in got])
        told = self.api("denied", limit=500).json()["entries"][:-before or None]
        self.assertEqual([("refusal", status) for status in expected], [(e["event"], e["status"]) for e in reversed(told)], told)
        self.assertEqual(["not-supported"] * 3 + ["no-rule"] * 2, [e["reason"] for e in reversed(told)])
        # The edge tells no path, and a question of no form is about nobody.
        self.assertEqual([patient, patient, None, patient, None], [e.get("patient") for e in reversed(told)])
        self.assertEqual([patient] * 2, [e.get("record") for e in reversed(told)][:2])
        # What failed on a patient for another cause is found by the patient as well.
        body = {"resourceType": "Patient", "id": made}
        self.assertEqual(412, self.ada.put(url, json=body, headers={"If-Match": 'W/"9"'}).status_code)
        self.assertEqual(406, self.ada.get(url, headers={"Accept": "text/turtle"}).status_code)
        found = self.aud.get(f"{self.home.url}/fhir/AuditEvent?patient={patient}&outcome=4").json()
        self.assertEqual(5, len(found["entry"]), found)
        # Who is asked about over FHIR is told also where nothing is found.
        for criteria in (f"patient={patient}", f"entity={patient}"):
            self.assertEqual(0, self.aud.get(f"{self.home.url}/fhir/AuditEvent?{criteria}&action=D").json().get("total"))
        read = [e for e in ward("audit", "show", "--last", "20", home=self.home.home)[1] if "what=fhir-search" in e["details"]][-2:]
        self.assertEqual([(patient, 0)] * 2, [(e.get("patient"), e.get("count")) for e in read], read)
        self.assertEqual(400, self.api("who-saw", nonsense=1).status_code)
        self.ask("what-did", "bob")
        told = [e["details"] for e in ward("audit", "show", "--last", "20", home=self.home.home)[1] if e["event"] == "log-read"]
        self.assertTrue(any("what=ask" in e for e in told) and any("about=bob" in e for e in told), told)

    def test_same_name_is_found_and_not_repeated(self):
        answer = self.api("same-name")
        findings = answer.json()["findings"]
        self.assertEqual([f"Patient/{self.patients[0]}"], [f["patient"] for f in findings])
        self.assertEqual("ada.lovelace", findings[0]["who"])
        self.assertNotIn("Lovelace", answer.text)
        self.assertNotIn("Zoe", answer.text)

    def test_tables(self):
        done = subprocess.run(
            [WARD, "audit", "ask", "what-did", "bob", "--output", "csv", "--home", self.home.home],
            capture_output=True, text=True, timeout=60)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertTrue(rows and {row["actor_id"] for row in rows} == {self.home.users["bob"]["id"]}, done.stdout + done.stderr)
        # A question has one heading, whether anything was found or not.
        findings, entries = "what,who,patient,when,entries", "entry,id,time,"
        headings = {question: findings for question in ("unusual", "same-name", "new-places", "gaps")}
        headings |= {question: entries for question in ("denied", "break-glass", "out-of-hours", "left-the-building")}
        for question, heading in headings.items():
            for range in ((), ("--from", "2001-01-01", "--to", "2001-01-02")):
                done = subprocess.run([WARD, "audit", "ask", question, *range, "--output", "csv", "--home", self.home.home],
                                      capture_output=True, text=True, timeout=60)
                lines = done.stdout.splitlines()
                self.assertTrue(lines[0].startswith(heading), (question, done.stdout, done.stderr))
                self.assertTrue(not range or len(lines) == 1, done.stdout)

    def test_an_export_is_told_with_range_count_and_outcome(self):
        place = self.home.folder + "/out.csv"
        export = ["audit", "export", "--format", "csv", "--from", "0", "--to", "5", "--into", place]
        self.assertEqual(5, ward(*export, home=self.home.home)[1]["written"]["entries"])
        self.assertNotEqual(0, ward(*export, home=self.home.home, check=False)[0], "the file is there already")
        answer = self.ask("left-the-building")[1]["entries"]
        told = [(line["outcome"], line.get("reason"), line["count"], [d for d in line["details"] if not d.startswith("export=")]) for line in answer]
        facts = ["what=export-csv", "state=ended", "from=0", "to=5"]
        self.assertEqual([("serious-failure", "not-written", 0, facts), ("success", None, 5, facts)], told)
        text = subprocess.run([WARD, "audit", "ask", "left-the-building", "--home", self.home.home], capture_output=True, text=True).stdout
        self.assertIn("count=5  what=export-csv", text)

    def test_wrong_parameters_are_named(self):
        for question, parameters, words in [
                ("denied", {"from": "noon"}, "from is a time"), ("denied", {"to": "noon"}, "to is a time"), ("denied", {"limit": "-1"}, "limit is"),
                ("denied", {"limit": "501"}, "limit is"), ("denied", {"before": "-1"}, "before is"), ("denied", {"whole_log": "yes"}, "whole_log is"),
                ("denied", {"patient": "Patient/1"}, "patient goes with who-saw"), ("denied", {"user": "ada"}, "user goes with what-did"),
                ("who-saw", {}, "patient is missing"), ("what-did", {}, "user is missing"), ("who-saw", {"patient": "x"}, "patient is named as Patient/ID"),
                ("denied", {"limit": ["1", "2"]}, "limit comes once"),
                ("denied", {"from": "2026-02-01", "to": "2026-01-01"}, "from must lie before to"),
                ("denied", {"from": "2999-01-01"}, "from lies in the future"), ("denied", {"to": "2999-01-01"}, "to lies in the future")]:
            answer = self.api(question, **parameters)
            self.assertEqual(400, answer.status_code, (question, parameters, answer.text))
            self.assertIn(words, answer.text)

    def test_an_unknown_parameter_is_named_and_no_words_repeated(self):
        known = "patient, user, from, to, limit, before and whole_log are"
        for parameters, shown in [
                ({"since": "Verysecretvalue"}, "since"), ({"From": "2026-01-01"}, "From"), ({"family:exact": "Verysecretvalue"}, "family:exact"),
                ({"limit": "5", "patients": "Patient/1"}, "patients"), ({"Verysecret name": "1"}, "(a name that no parameter can have)"),
                ({"x" * 65: "1"}, "(a name that no parameter can have)")]:
            answer = self.api("denied", **parameters)
            self.assertEqual((400, shown), (answer.status_code, answer.json().get("parameter")), (parameters, answer.text))
            self.assertIn(known, answer.json()["error"])
            self.assertNotIn("Verysecret", answer.text)
        # A name with control characters is no query at all.
        answer = self.api("denied", **{"\n\x1b[31mVerysecret": "1"})
        self.assertEqual((400, False), (answer.status_code, "Verysecret" in answer.text), answer.text)
        with open(self.home.log) as file:
            self.assertNotIn("Verysecret", file.read())
        self.assertNotIn("Verysecret", str(self.ask("what-did", "aud", "--limit", "500")[1]))

    def test_wrong_times_and_numbers_are_refused(self):
        for wrong in (["--from", "2026-02-01", "--to", "2026-01-01"], ["--from", "2999-01-01"], ["--to", "2999-01-01"], ["--before=-1"], ["--limit=-1"]):
            self.assertEqual(2, self.ask("denied", *wrong, check=False)[0], wrong)
        for wrong in (["proof", "--since=-1"], ["proof", "--since", "1", "--year=-3"], ["show", "--last=-1"], ["show", "--last", "0"]):
            code, _, words = ward("audit", *wrong, home=self.home.home, check=False)
            self.assertEqual(2, code, (wrong, words))

    def test_wrong_questions(self):
        for question in (["nonsense"], ["who-saw"], ["who-saw", "x"], ["denied", "x"], ["denied", "--from", "noon"], ["what-did", "nobody"]):
            self.assertEqual(2, self.ask(*question, check=False)[0], question)
