"""Promises 1 and 10: planted values are searched for in every byte that was written, and in every word that was said."""
import base64, os, unittest
from home import Home, ProductionHome, has_volumes_apart, ward

CANARY = "Kanarienvogel7x"


def forms(text):
    raw = text.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    for shift in range(3):  # base64 at each of its three alignments, without the characters that neighbours decide
        yield base64.b64encode(b"\0" * shift + raw)[4 if shift else 0:-4]


def written(folder):
    """Files whose bytes or names hold the canary, and in which form."""
    found = []
    for place, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(place, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            found += [(name, form) for form in forms(CANARY) if form in data] + [name for _ in [0] if CANARY in name]
    return found


class Canary(unittest.TestCase):
    def test_nothing_in_the_clear(self):
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            base = home.url + "/fhir"
            c = CANARY
            patient = {
                "resourceType": "Patient", "name": [{"family": c, "given": [c + "a"], "text": c}], "birthDate": "1911-11-11",
                "identifier": [{"system": "urn:" + c, "value": c + "1"}], "telecom": [{"system": "email", "value": c + "@example.org"}],
                "address": [{"line": [c], "city": c, "postalCode": c}],
                "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{c}</div>'}}
            made = session.post(base + "/Patient", json=patient)
            self.assertEqual(201, made.status_code)
            id = made.json()["id"]
            session.put(f"{base}/Patient/{id}", json={**patient, "id": id, "gender": "other"})
            said = []
            # Everything that can go wrong is made to go wrong with canaries in it.
            said.append(session.get(base + "/Patient", params={"nonsense": c}).text)
            said.append(session.get(base + "/Patient", params={"birthdate": c}).text)
            said.append(session.get(f"{base}/Patient/{c}").text)
            said.append(session.get(f"{base}/{c}").text)
            said.append(session.post(base + "/Patient", json={"resourceType": "Patient", "birthDate": c}).text)
            said.append(session.post(base + "/Patient", json={"resourceType": "Patient", "gender": {c: c}}).text)
            said.append(session.post(base + "/Patient", data=b'{"resourceType":"Patient","x":"' + c.encode() + b"\xff").text)
            said.append(session.post(base + "/Patient", json={"resourceType": c}).text)
            said.append(session.post(base, json={"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": patient, "request": {"method": "POST", "url": "Patient?" + c}}]}).text)
            said.append(session.post(base, json={"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": c}, "subject": {"reference": "Patient?identifier=" + c}},
                 "request": {"method": "POST", "url": "Observation"}}]}).text)
            said.append(session.post(base + "/Patient", json=patient, headers={"If-None-Exist": c}).text)
            said.append(session.put(f"{base}/Patient/{id}", json={**patient, "id": id}, headers={"If-Match": c}).text)
            said.append(session.get(f"{home.url}/auth/{c}?{c}={c}").text)
            said.append(home.sign_in("ada", password=c, code=c).text)
            for words in said:
                self.assertNotIn(c, words)
            session.get(base + "/Patient", params={"name": c, "identifier": c + "1"})
            session.get(f"{base}/Patient/{id}/_history")
            session.get(home.url + "/metrics")
            ward("audit", "show", "--last", "100", home=home.home)
            home.kill()  # whatever was in memory is gone; what is on disk is what a thief would have
            code, shown, errors = ward("audit", "show", "--last", "200", home=home.home)
            self.assertNotIn(c, str(shown) + errors)
            code, report, errors = ward("verify", home=home.home)
            self.assertEqual(0, code)
            self.assertEqual([], written(home.folder))

    @unittest.skipUnless(has_volumes_apart(), "there are no volumes apart for the keys and their passphrase here")
    def test_references_of_a_production_home(self):
        """A patient's id lies in the clear, so a home that holds real records takes none that says something."""
        with ProductionHome() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            base = home.url + "/fhir"
            c, id = CANARY, "01a1fd2e-e67b-74cf-b679-116f49e79928"
            patient = session.post(base + "/Patient", json={"resourceType": "Patient", "name": [{"family": c}]})
            self.assertEqual(201, patient.status_code, patient.text)
            def observation(*references):
                return {"resourceType": "Observation", "id": id, "status": "final", "code": {"text": c}, "subject": {"reference": references[0]},
                        "performer": [{"reference": r} for r in references[1:]] or [{"display": c}]}
            known = "Patient/" + patient.json()["id"]
            bodies = [observation(f"Patient/{c}"), observation(f"{base}/Patient/{c}"), observation(f"Patient/{c}/_history/1"), observation(known, f"Patient/{c}")]
            said = []
            for body in bodies:
                answers = [session.post(base + "/Observation", json=body), session.put(f"{base}/Observation/{id}", json=body)]
                for method, url in [("POST", "Observation"), ("PUT", "Observation/" + id)]:
                    entry = {"resource": body, "request": {"method": method, "url": url}}
                    answers.append(session.post(base, json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]}))
                    batch = session.post(base, json={"resourceType": "Bundle", "type": "batch", "entry": [entry]})
                    self.assertEqual("422", batch.json()["entry"][0]["response"]["status"][:3])
                    said.append(batch.text)
                self.assertEqual([422] * 4, [a.status_code for a in answers], answers[0].text)
                said += [a.text for a in answers]
            said.append(session.put(f"{base}/Patient/{c}", json={"resourceType": "Patient", "id": c}).text)
            # Where no patient is meant the reference stays in what is sealed.
            kept = {"resourceType": "Basic", "code": {"text": c}, "author": {"reference": f"Practitioner/{c}"}}
            self.assertEqual(201, session.post(base + "/Basic", json=kept).status_code)
            self.assertEqual(201, session.post(base + "/Observation", json=observation(known)).status_code)
            session.get(f"{base}/Observation", params={"patient": c})
            for words in said:
                self.assertNotIn(c, words)
            home.kill()
            self.assertEqual([], written(home.folder) + written(home.keys))
            self.assertEqual(0, ward("verify", home=home.home)[0])

    def test_the_search_would_find_it(self):
        for form in forms(CANARY):
            self.assertGreaterEqual(len(form), 12)
        planted = base64.b64encode(b"x" + CANARY.encode() + b"yz")
        self.assertTrue(any(form in planted for form in forms(CANARY)))
