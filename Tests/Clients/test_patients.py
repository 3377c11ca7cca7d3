"""A patient's own account, directly and by an app: one record, everywhere, and nothing of anybody else's."""
import json, unittest
import requests
from fhirclient import client as smart
from fhirclient.models.observation import Observation
from home import Home, activate, ward
from test_smart import Browser

REDIRECT = "https://app.example/callback"
SCOPE = "openid fhirUser launch/patient patient/*.rs"


class PatientAccess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.home.add("ada", "clinician")
        cls.home.serve()
        cls.base = cls.home.url + "/fhir"
        cls.ada = cls.home.session("ada")
        cls.patients, cls.made = {}, {}
        doctor = cls.make({"resourceType": "Practitioner", "name": [{"family": "Doctor"}]})
        for family in ("Mine", "Other"):
            patient = cls.patients[family] = cls.make({
                "resourceType": "Patient", "name": [{"family": family}], "generalPractitioner": [{"reference": f"Practitioner/{doctor}"}]})
            subject = {"reference": f"Patient/{patient}"}
            encounter = cls.make({"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": subject})
            cls.made[family] = cls.make({
                "resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "urn:c", "code": "a"}]},
                "subject": subject, "encounter": {"reference": f"Encounter/{encounter}"}})
        # Somebody else's, that names the patient beside its subject.
        cls.mixed = cls.make({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                              "subject": {"reference": f"Patient/{cls.patients['Other']}"},
                              "focus": [{"reference": f"Patient/{cls.patients['Mine']}"}]})
        cls.invite("pat", cls.patients["Mine"])

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    @classmethod
    def make(cls, resource):
        answer = cls.ada.post(f"{cls.base}/{resource['resourceType']}", json=resource)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    @classmethod
    def invite(cls, name, patient):
        _, made, _ = ward("user", "invite", name, "--role", "patient", "--patient", patient, home=cls.home.home)
        uri, done = activate(cls.home.url, made["link"], cls.home.authority)
        assert done.status_code == 200, done.text
        cls.home.users[name] = {"password": "Correct-Horse-7", "totp_uri": uri}

    def walk(self, session):
        """The same for the account itself and for an app that acts for it."""
        mine, other = self.patients["Mine"], self.patients["Other"]

        def get(path, status=200):
            answer = session.get(f"{self.base}/{path}")
            self.assertEqual(status, answer.status_code, f"{path}: {answer.text[:200]}")
            return answer.json()

        def ids(bundle):
            return {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle.get("entry", [])}
        self.assertEqual(mine, get(f"Patient/{mine}")["id"])
        get(f"Observation/{self.made['Mine']}")
        for path in (f"Patient/{other}", f"Patient/{other}/_history", f"Patient/{other}/_history/1", f"Observation/{self.made['Other']}",
                     f"Observation/{self.made['Other']}/_history/1", f"Observation/{self.mixed}"):
            get(path, 404)
        self.assertEqual({f"Patient/{mine}"}, ids(get("Patient")))
        found = get("Observation?_total=accurate")
        self.assertEqual((1, {f"Observation/{self.made['Mine']}"}), (found["total"], ids(found)))
        self.assertEqual(0, get(f"Observation?subject=Patient/{other}&_total=accurate")["total"])
        self.assertEqual({f"Patient/{mine}"}, ids(get(f"Patient/{mine}/_history")))
        # What docs/safeguards/identity.md says is not there is refused as it says, and tells nothing of anybody else.
        for status, queries in [
                (400, ("Observation?_include=Observation:subject", "Observation?subject:Patient.name=Other", "Patient?_has:Observation:subject:code=a",
                       "Patient?_revinclude=Observation:subject", "Observation?_sort=subject")),
                (404, (f"Patient/{other}/Observation", f"Patient/{other}/$everything", "Patient/_history", "Observation/_history", "_history"))]:
            for query in queries:
                self.assertNotIn("Other", json.dumps(get(query, status)), query)
        entries = [{"request": {"method": "GET", "url": url}} for url in (f"Patient/{mine}", f"Patient/{other}", "Observation")]
        batch = session.post(self.base, json={"resourceType": "Bundle", "type": "batch", "entry": entries}).json()["entry"]
        self.assertEqual(["200", "404", "200"], [entry["response"]["status"][:3] for entry in batch])
        self.assertEqual(1, len(batch[2]["resource"]["entry"]))
        mixed = session.post(self.base, json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
        self.assertNotIn("Other", mixed.text)
        for method, path, body in [
                ("POST", "Observation", {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": f"Patient/{mine}"}}),
                ("PUT", f"Patient/{mine}", {"resourceType": "Patient", "id": mine}), ("DELETE", f"Observation/{self.made['Mine']}", None)]:
            self.assertEqual(403, session.request(method, f"{self.base}/{path}", json=body).status_code, path)
        write = session.post(self.base, json={"resourceType": "Bundle", "type": "transaction", "entry": [
            {"request": {"method": "POST", "url": "Basic"}, "resource": {"resourceType": "Basic", "code": {"text": "x"}}}]})
        self.assertEqual(403, write.status_code)
        for path in ("ValueSet", "AuditEvent", f"Task?patient=Patient/{other}"):
            self.assertIn(session.get(f"{self.base}/{path}").status_code, (200, 403), path)
            self.assertNotIn(other, session.get(f"{self.base}/{path}").text.replace(f"Patient/{other}", "").replace(f"Patient%2F{other}", ""))

    def test_the_account_itself(self):
        session = self.home.session("pat")
        self.walk(session)
        self.assertEqual(403, session.get(self.home.url + "/api/audit/denied").status_code)
        self.assertEqual(403, session.get(self.home.url + "/metrics").status_code)
        listed = next(u for u in ward("user", "list", home=self.home.home)[1] if u["name"] == "pat")
        self.assertEqual(("patient", self.patients["Mine"]), (listed["role"], listed["patient"]))

    def test_an_app_of_the_patient(self):
        _, made, _ = ward("client", "add", "mine", "--kind", "app", "--scope", SCOPE + " user/*.rs", "--redirect-uri", REDIRECT, "--approve",
                          home=self.home.home)
        app = smart.FHIRClient(settings={"app_id": made[0]["client_id"], "api_base": self.base, "redirect_uri": REDIRECT, "scope": SCOPE + " user/*.rs"})
        app.server.session.verify = self.home.authority
        browser = Browser(self.home, "pat")
        page = browser.open(app.authorize_url)
        self.assertIn("your own record, and no other", page.text)
        self.assertNotIn('name="find"', page.text)
        # Whatever the form says, it is the patient's own record.
        done = browser.answer(page, decision="allow", patient=self.patients["Other"])
        self.assertEqual(303, done.status_code, done.text)
        app.handle_callback(done.headers["Location"])
        self.assertEqual("Mine", app.patient.name[0].family)
        self.assertEqual(1, len(list(Observation.where({}).perform_resources(app.server))))
        session = requests.Session()
        session.verify = self.home.authority
        session.headers["Authorization"] = "Bearer " + app.server.auth.access_token
        self.walk(session)

    def test_only_who_is_there_is_invited(self):
        for arguments in (["--role", "patient"], ["--role", "patient", "--patient", "nobody"], ["--role", "clinician", "--patient", self.patients["Mine"]]):
            code, _, words = ward("user", "invite", "quin", *arguments, home=self.home.home, check=False)
            self.assertEqual(2, code, arguments)
            self.assertIn("patient", words)
        self.assertEqual(2, ward("user", "add", "quin", "--role", "patient", home=self.home.home, check=False)[0])
        self.assertEqual(2, ward("user", "role", "ada", "patient", home=self.home.home, check=False)[0])


if __name__ == "__main__":
    unittest.main()
