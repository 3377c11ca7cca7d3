"""A real FHIR client creates, searches, updates and pages."""
import unittest
from fhirpy import SyncFHIRClient
from home import Home


class FHIRPy(unittest.TestCase):
    def test_client(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            token = home.session("ada").token
            client = SyncFHIRClient(home.url + "/fhir", authorization="Bearer " + token, requests_config={"verify": home.authority})
            patient = client.resource("Patient", name=[{"family": "Client", "given": ["Py"]}], birthDate="1990-01-01")
            patient.save()
            self.assertTrue(patient.id)
            for value in range(25):
                client.resource("Observation", status="final", code={"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                                subject=patient.to_reference(), valueQuantity={"value": 60 + value}).save()
            found = client.resources("Patient").search(name="client").first()
            self.assertEqual(patient.id, found.id)
            found["active"] = True
            found.save()
            self.assertEqual("2", client.resources("Patient").get(patient.id)["meta"]["versionId"])
            observations = client.resources("Observation").search(patient=patient.id, code="http://loinc.org|8867-4").limit(10).fetch_all()
            self.assertEqual(25, len(observations))
            self.assertEqual(25, client.resources("Observation").search(patient=patient.id, _total="accurate").fetch_raw()["total"])
            observations[0].delete()
            self.assertEqual(24, client.resources("Observation").search(patient=patient.id, _total="accurate").fetch_raw()["total"])
