"""The sealed formats are what docs/safeguards/encryption.md says: a program that shares no code with Ward opens records by it."""
import json, os, shutil, unittest
import open_record
from home import Home, ward


class Formats(unittest.TestCase):
    def test_records_open_by_the_document_alone(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            base = home.url + "/fhir"
            patient = session.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": "Sealed" * 40}]}).json()
            changed = session.put(f"{base}/Patient/{patient['id']}", json={**patient, "active": False}).json()
            # Outside any compartment: the shared key, XAES-256-GCM.
            place = session.post(base + "/Location", json={"resourceType": "Location", "name": "Ward 7"}).json()
            session.delete(f"{base}/Patient/{patient['id']}")
            home.stop()
            with open(home.home + "/keys/passphrase", "rb") as f:
                secret = f.read().strip()
            opened = open_record.versions(home.home, secret, "Patient", patient["id"])
            self.assertEqual([patient, changed], [json.loads(content) for content in opened[:2]])
            self.assertEqual([b""], opened[2:])
            opened = open_record.versions(home.home, secret, "Location", place["id"])
            self.assertEqual([place], [json.loads(content) for content in opened])
            # And after both keys above the data keys were rotated.
            ward("keys", "rotate", "root", home=home.home)
            ward("keys", "rotate", "kek", home=home.home)
            self.assertEqual(3, len(open_record.versions(home.home, secret, "Patient", patient["id"])))
            with self.assertRaises(Exception):
                open_record.versions(home.home, b"another passphrase", "Patient", patient["id"])
