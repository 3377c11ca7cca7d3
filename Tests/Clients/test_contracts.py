"""The contracts that clients and tools rely on, held against the running program."""
import os, re, socket, ssl, subprocess, unittest
import requests
from home import Home, WARD, one_time_code, ward

PATIENT = {"resourceType": "Patient", "name": [{"family": "Contract", "given": ["Test"]}], "birthDate": "1980-02-29"}


class Contracts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        for name, role in [("ada", "clinician"), ("imp", "importer"), ("adm", "administrator"), ("aud", "auditor")]:
            cls.home.add(name, role)
        cls.home.serve()
        cls.base = cls.home.url + "/fhir"
        cls.ada = cls.home.session("ada")
        cls.imp = cls.home.session("imp")
        cls.adm = cls.home.session("adm")

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def test_user_add_prints_what_is_promised(self):
        self.assertEqual({"id", "name", "role", "password", "totp_uri"}, set(self.home.users["ada"]))
        self.assertTrue(self.home.users["ada"]["totp_uri"].startswith("otpauth://totp/"))

    def test_wrong_sign_ins_have_one_wording(self):
        user = self.home.users["aud"]
        code = one_time_code(user["totp_uri"])
        answers = [
            self.home.sign_in("aud", password="wrong wrong wrong"), self.home.sign_in("aud", code="000000"),
            requests.post(self.home.url + "/auth/sign-in", verify=self.home.authority,
                          json={"name": "nobody", "password": user["password"], "code": code})]
        self.assertEqual([401] * 3, [a.status_code for a in answers])
        words = [{k: v for k, v in a.json().items() if k != "request_id"} for a in answers]
        self.assertTrue(words[0] == words[1] == words[2], words)

    def test_a_code_works_once(self):
        self.home.add("once", "clinician")
        code = one_time_code(self.home.users["once"]["totp_uri"])
        self.assertEqual(200, self.home.sign_in("once", code=code).status_code)
        self.assertEqual(401, self.home.sign_in("once", code=code).status_code)

    def test_sign_out_and_disable_end_sessions_at_once(self):
        self.home.add("gone", "clinician")
        session = self.home.session("gone")
        self.assertEqual(200, session.get(self.base + "/Patient").status_code)
        ward("user", "disable", "gone", home=self.home.home)
        self.assertEqual(401, session.get(self.base + "/Patient").status_code)

    def test_nothing_without_a_credential(self):
        for method, path in [("get", "/Patient"), ("get", "/Patient/1"), ("post", "/Patient"), ("post", ""), ("put", "/Patient/1"),
                             ("delete", "/Patient/1"), ("get", "/Patient/1/_history"), ("post", "/Patient/_search")]:
            answer = requests.request(method, self.base + path, verify=self.home.authority)
            self.assertEqual(401, answer.status_code, (method, path))
            self.assertEqual("OperationOutcome", answer.json()["resourceType"])

    def test_roles_open_what_they_open(self):
        self.assertEqual(403, self.adm.get(self.base + "/Patient").status_code)
        self.assertEqual(403, self.imp.get(self.base + "/Patient").status_code)
        created = self.imp.post(self.base + "/Patient", json=PATIENT)
        self.assertEqual(201, created.status_code)
        self.assertEqual(b"", created.content, "an importer gets nothing back")
        self.assertEqual(200, self.ada.get(created.headers["Location"].split("/_history")[0]).status_code)

    def test_life_of_a_resource(self):
        made = self.ada.post(self.base + "/Patient", json=PATIENT)
        self.assertEqual(201, made.status_code)
        self.assertEqual('W/"1"', made.headers["ETag"])
        id = made.json()["id"]
        place = f"{self.base}/Patient/{id}"
        changed = {**PATIENT, "id": id, "active": True}
        self.assertEqual(200, self.ada.put(place, json=changed, headers={"If-Match": 'W/"1"'}).status_code)
        self.assertEqual(412, self.ada.put(place, json=changed, headers={"If-Match": 'W/"1"'}).status_code)
        self.assertEqual(304, self.ada.get(place, headers={"If-None-Match": 'W/"2"'}).status_code)
        self.assertNotIn("active", self.ada.get(place + "/_history/1").json())
        self.assertEqual(2, len(self.ada.get(place + "/_history").json()["entry"]))
        self.assertEqual(204, self.ada.delete(place).status_code)
        self.assertEqual(410, self.ada.get(place).status_code)
        self.assertEqual(3, len(self.ada.get(place + "/_history").json()["entry"]))
        self.assertEqual(0, self.ada.get(f"{self.base}/Patient", params={"_id": id}).json()["total"])
        self.assertEqual(404, self.ada.get(self.base + "/Patient/none").status_code)

    def test_exact(self):
        text = ('{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50,"unit":"mg"},'
                '"extension":[{"url":"http://example.org/unknown","valueDecimal":1E-2}]}')
        made = self.ada.post(self.base + "/Observation", data=text, headers={"Content-Type": "application/fhir+json"})
        self.assertEqual(201, made.status_code, made.text)
        self.assertIn('"value":1.50,', made.text)
        self.assertIn('"valueDecimal":1E-2', made.text)

    def test_bad_bodies(self):
        cases = [
            (b'{"resourceType":"Patient","active":true,"active":false}', 400), (b'{"resourceType":"Patient","name":"\xff"}', 400),
            (b'{"resourceType":"Observation","valueDecimal":NaN}', 400), (b"[" * 65 + b"]" * 65, 400), (b"", 400),
            (b'{"resourceType":"Patient","nonsense":1}', 400), (b'{"resourceType":"Patient","gender":["x"]}', 400),
            (b'{"resourceType":"Observation","status":"final"}', 400), (b'{"resourceType":"Patient","birthDate":"1999-02-30"}', 400)]
        for body, status in cases:
            answer = self.ada.post(self.base + "/Patient", data=body, headers={"Content-Type": "application/fhir+json"})
            self.assertEqual(status, answer.status_code, body[:40])
            self.assertEqual("OperationOutcome", answer.json()["resourceType"])
            self.assertNotIn("1999-02-30", answer.text)
        self.assertEqual(415, self.ada.post(self.base + "/Patient", data=b"x", headers={"Content-Type": "text/plain"}).status_code)

    def test_unknown_is_never_ignored(self):
        self.assertEqual(400, self.ada.get(self.base + "/Patient?nonsense=1").status_code)
        self.assertEqual(400, self.ada.get(self.base + "/Patient?name:nonsense=1").status_code)
        lenient = self.ada.get(self.base + "/Patient?nonsense=1", headers={"Prefer": "handling=lenient"})
        self.assertEqual(200, lenient.status_code)
        self.assertTrue(any(e["search"]["mode"] == "outcome" for e in lenient.json()["entry"]))
        self.assertEqual(404, self.ada.get(self.base + "/Nonsense").status_code)

    def test_what_a_request_asks_is_done_or_refused(self):
        id = self.ada.post(self.base + "/Patient", json=PATIENT).json()["id"]
        place = f"{self.base}/Patient/{id}"
        for query in ("_elements=id", "_summary=true", "foo=bar"):
            refused = self.ada.get(f"{place}?{query}")
            self.assertEqual(400, refused.status_code, query)
            self.assertIn(query.split("=")[0], refused.json()["issue"][0]["expression"])
            lenient = self.ada.get(f"{place}?{query}", headers={"Prefer": "handling=lenient"})
            self.assertEqual((200, "handling=lenient"), (lenient.status_code, lenient.headers["Preference-Applied"]))
        self.assertEqual(400, self.ada.post(self.base + "/Patient?foo=bar", json=PATIENT).status_code)
        self.assertEqual(406, self.ada.get(place + "?_format=xml").status_code)
        for accept, status in [("application/fhir+xml", 406), ("text/html", 406), ("text/html, */*;q=0.1", 200)]:
            self.assertEqual(status, self.ada.get(place, headers={"Accept": accept}).status_code, accept)
        self.assertEqual(406, self.ada.get(self.base + "/metadata", headers={"Accept": "application/fhir+xml"}).status_code)
        body = '{"resourceType":"Patient","id":"%s"}' % id
        for media, status in [("application/fhir+json; charset=utf-16", 415), ("application/fhir+json; charset=UTF-8", 200)]:
            self.assertEqual(status, self.ada.put(place, data=body, headers={"Content-Type": media}).status_code, media)
        self.assertTrue(self.ada.get(place + "?_pretty=true").text.startswith('{\n  "resourceType": "Patient"'))
        self.assertEqual(412, self.ada.put(place, data=body, headers={"If-None-Match": "*"}).status_code)
        tags = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", self.home.authority, "-X", "DELETE", place,
             "-H", "Authorization: " + self.ada.headers["Authorization"], "-H", 'If-Match: W/"1"', "-H", 'If-Match: W/"2"'],
            capture_output=True, text=True)
        self.assertEqual("400", tags.stdout)
        self.assertEqual(200, self.ada.get(place).status_code)

    def test_refused_methods_name_those_that_are_offered(self):
        for method, path, allowed in [("PATCH", "/Patient/1", "GET, HEAD, PUT, DELETE"), ("POST", "/Patient/1", "GET, HEAD, PUT, DELETE"),
                                      ("OPTIONS", "/Patient/1", "GET, HEAD, PUT, DELETE"), ("PUT", "/Patient", "GET, HEAD, POST"),
                                      ("POST", "/AuditEvent", "GET, HEAD"), ("DELETE", "/AuditEvent/1", "GET, HEAD"), ("GET", "", "POST")]:
            answer = self.ada.request(method, self.base + path, json={} if method in ("POST", "PUT", "PATCH") else None)
            self.assertEqual((405, allowed), (answer.status_code, answer.headers["Allow"]), (method, path))
        statement = requests.get(self.base + "/metadata", verify=self.home.authority).json()
        for resource in statement["rest"][0]["resource"]:
            codes = {i["code"] for i in resource["interaction"]}
            self.assertEqual(resource["type"] != "AuditEvent", bool(codes & {"create", "update", "delete"}), resource["type"])

    def test_updates_without_a_condition_all_get_their_turn(self):
        import concurrent.futures
        id = self.ada.post(self.base + "/Patient", json=PATIENT).json()["id"]
        def update(_):
            return requests.put(f"{self.base}/Patient/{id}", json={**PATIENT, "id": id}, verify=self.home.authority, headers={
                "Authorization": self.ada.headers["Authorization"]}).status_code
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            statuses = list(pool.map(update, range(64)))
        self.assertEqual([200] * 64, statuses)

    def test_many_entries_are_answered_whole(self):
        for kind, others in [("transaction", ("DELETE", 204)), ("batch", ("GET", 404))]:
            first = {"resource": {**PATIENT, "identifier": [{"system": "urn:many", "value": kind}]}, "request": {"method": "POST", "url": "Patient"}}
            rest = [{"request": {"method": others[0], "url": f"Patient/never{i}"}} for i in range(4200)]
            answer = self.ada.post(self.base, json={"resourceType": "Bundle", "type": kind, "entry": [first, *rest]}, timeout=300)
            self.assertEqual(200, answer.status_code, answer.text[:200])
            statuses = [int(e["response"]["status"][:3]) for e in answer.json()["entry"]]
            self.assertEqual([201] + [others[1]] * 4200, statuses)
            self.assertEqual(1, self.ada.get(f"{self.base}/Patient?identifier=urn:many|{kind}").json()["total"])

    def test_conditional_create_makes_one(self):
        body = {"resourceType": "Organization", "identifier": [{"system": "urn:x", "value": "one"}], "name": "One"}
        header = {"If-None-Exist": "identifier=urn:x|one"}
        first = self.ada.post(self.base + "/Organization", json=body, headers=header)
        second = self.ada.post(self.base + "/Organization", json=body, headers=header)
        self.assertEqual((201, 200), (first.status_code, second.status_code))
        self.assertEqual(first.json()["id"], second.json()["id"])

    def test_conditional_creates_do_not_race(self):
        import concurrent.futures
        body = {"resourceType": "Organization", "identifier": [{"system": "urn:x", "value": "race"}], "name": "Race"}
        def create(_):
            return requests.post(self.base + "/Organization", json=body, verify=self.home.authority, headers={
                "If-None-Exist": "identifier=urn:x|race", "Authorization": self.ada.headers["Authorization"]}).status_code
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            statuses = list(pool.map(create, range(24)))
        self.assertEqual(1, statuses.count(201), statuses)
        self.assertEqual(1, self.ada.get(self.base + "/Organization?identifier=urn:x|race").json()["total"])

    def test_a_transaction_is_whole_or_nothing(self):
        good = {"fullUrl": "urn:uuid:7f0e1b9c-2f4d-4c8a-9f43-0a1b2c3d4e5f", "resource": {**PATIENT, "identifier": [{"system": "urn:t", "value": "t1"}]},
                "request": {"method": "POST", "url": "Patient"}}
        bad = {"resource": {"resourceType": "Observation", "status": "final"}, "request": {"method": "POST", "url": "Observation"}}
        refer = {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                              "subject": {"reference": good["fullUrl"]}, "identifier": [{"system": "urn:keep", "value": good["fullUrl"]}]},
                 "request": {"method": "POST", "url": "Observation"}}
        failed = self.ada.post(self.base, json={"resourceType": "Bundle", "type": "transaction", "entry": [good, bad]})
        self.assertEqual(400, failed.status_code)
        self.assertIn("Bundle.entry[1]", failed.text)
        self.assertEqual(0, self.ada.get(self.base + "/Patient?identifier=urn:t|t1").json()["total"])
        done = self.ada.post(self.base, json={"resourceType": "Bundle", "type": "transaction", "entry": [good, refer]})
        self.assertEqual(200, done.status_code, done.text)
        places = [e["response"]["location"] for e in done.json()["entry"]]
        observation = self.ada.get(f"{self.base}/{places[1]}").json()
        self.assertEqual(places[0].split("/_history")[0], observation["subject"]["reference"])
        self.assertEqual(good["fullUrl"], observation["identifier"][0]["value"], "an identifier is no reference")

    def test_pages_are_sealed_and_complete(self):
        tag = {"system": "urn:page", "code": "p"}
        ids = {self.ada.post(self.base + "/Basic", json={"resourceType": "Basic", "code": {"coding": [tag]}}).json()["id"] for _ in range(23)}
        url, seen = f"{self.base}/Basic?code=urn:page|p&_count=10", []
        while url:
            page = self.ada.get(url).json()
            seen += [e["resource"]["id"] for e in page.get("entry", [])]
            links = {l["relation"]: l["url"] for l in page["link"]}
            url = links.get("next")
            if url:
                self.assertNotIn("urn", url)
                self.assertEqual(400, self.ada.get(url[:-2] + ("AA" if url[-2:] != "AA" else "BB")).status_code)
        self.assertEqual((23, ids), (len(seen), set(seen)))
        posted = self.ada.post(f"{self.base}/Basic/_search", data={"code": "urn:page|p", "_summary": "count"})
        self.assertEqual(23, posted.json()["total"])

    def test_capability_statement_tells_the_truth(self):
        statement = requests.get(self.base + "/metadata", verify=self.home.authority).json()
        self.assertEqual("4.0.1", statement["fhirVersion"])
        resources = {r["type"]: r for r in statement["rest"][0]["resource"]}
        self.assertEqual(146, len(resources))
        values = {"token": "x", "string": "x", "date": "2020", "reference": "Patient/1", "uri": "urn:x", "number": "1",
                  "quantity": "5.4|http://unitsofmeasure.org|mg"}
        for type in ["Patient", "Observation", "Encounter", "MedicationRequest", "ValueSet"]:
            for parameter in resources[type]["searchParam"]:
                answer = self.ada.get(f"{self.base}/{type}", params={parameter["name"]: values[parameter["type"]]})
                self.assertEqual(200, answer.status_code, (type, parameter["name"], answer.text[:200]))

    def test_tls_only(self):
        host, port = self.home.url[8:].split(":")
        with socket.create_connection((host, int(port)), 5) as plain:
            plain.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            plain.settimeout(5)
            try:
                self.assertNotIn(b"HTTP/", plain.recv(1024))
            except (ConnectionResetError, socket.timeout):
                pass
        for version, works in [("--tlsv1.3", True), ("--tlsv1.2 --tls-max 1.2", True), ("--tlsv1.1 --tls-max 1.1", False), ("--http1.1", True), ("--http2", True)]:
            done = subprocess.run(["curl", "-s", "--cacert", self.home.authority, *version.split(), self.home.url + "/health/live"], capture_output=True)
            self.assertEqual(works, done.returncode == 0, version)

    def test_metrics_and_health(self):
        self.assertEqual(200, requests.get(self.home.url + "/health/ready", verify=self.home.authority).status_code)
        self.assertEqual(401, requests.get(self.home.url + "/metrics", verify=self.home.authority).status_code)
        self.assertEqual(403, self.ada.get(self.home.url + "/metrics").status_code)
        self.assertIn("ward_", self.adm.get(self.home.url + "/metrics").text)

    def test_reload_on_hangup(self):
        import signal
        before = ssl.get_server_certificate(tuple([self.home.url[8:].split(":")[0], int(self.home.url.split(":")[2])]))
        for name in ("cert.pem", "key.pem"):
            os.remove(os.path.join(self.home.home, "tls", name))
        done, _, _ = ward("user", "list", home=self.home.home)
        self.home.process.send_signal(signal.SIGHUP)
        import time
        time.sleep(1)
        self.assertEqual(200, requests.get(self.home.url + "/health/live", verify=self.home.authority).status_code, before[:20])

    def test_every_command_gives_json(self):
        for command in (["user", "list"], ["keys", "status"], ["audit", "verify"], ["audit", "show", "--last", "3"], ["verify"]):
            code, value, _ = ward(*command, home=self.home.home)
            self.assertEqual(0, code, command)
            self.assertIsNotNone(value, command)


class LogScans(unittest.TestCase):
    def test_identifiers_are_counted_and_never_shown(self):
        import tempfile
        with tempfile.NamedTemporaryFile("w", suffix=".log") as dirty, tempfile.NamedTemporaryFile("w", suffix=".log") as clean:
            dirty.write("started\nssn 123-45-6789\nGET /fhir/Patient?name=Lovelace\nmail jane@example.org, ssn 123-45-6780\n")
            clean.write("started\nroute /fhir/{type}/{id} 200\n")
            dirty.flush(), clean.flush()
            code, report, errors = ward("log", "scan", dirty.name, clean.name, check=False)
            self.assertEqual((1, 4), (code, report["found"]))
            found = {f["kind"]: (f["count"], f["lines"]) for f in report["files"][0]["findings"]}
            self.assertEqual(
                {"social-security-number": (2, [2, 4]), "record-search": (1, [3]), "email-address": (1, [4])}, found)
            self.assertEqual([], report["files"][1]["findings"])
            for value in ("6789", "Lovelace", "jane"):
                self.assertNotIn(value, str(report) + errors)
            self.assertEqual(0, ward("log", "scan", clean.name)[0])
            self.assertEqual(2, ward("log", "scan", "/nowhere/none.log", check=False)[0])
