"""No word of a client comes into the audit log by itself: it may be a patient's name. Every place of a request carries one, and the log repeats none."""
import base64, json, unittest
import requests
from home import Home, ward

WORD = "JohnSmith19800101"
# A whole number that may be a birth date, a telephone number, a number of insurance.
NUMBER = "19800101"


class LogWords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home, cls.ada, cls.aud = Home.with_auditor()
        cls.base = cls.home.url + "/fhir"
        cls.patient = cls.ada.post(cls.base + "/Patient", json={"resourceType": "Patient"}).json()["id"]

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def newest(self):
        return ward("audit", "show", "--last", "1", home=self.home.home)[1][-1]["entry"]

    def told(self, since):
        return [line for line in ward("audit", "show", "--last", "10000", home=self.home.home)[1] if line["entry"] > since]

    def requests(self):
        """Requests that carry the word: who sends, method, path, and what goes with it."""
        ada, aud, w = self.ada, self.aud, WORD
        lenient = {"Prefer": f"handling=lenient, {w}={w}", "User-Agent": w, "X-Request-Id": w, "X-Forwarded-For": w, "From": w,
                   "Purpose-Of-Use": w, "X-Purpose": w, "Accept-Language": w}
        for path in (f"Patient/{w}", f"Patient/{w}/_history?_before=1", f"Patient/{w}/_history/1", f"Patient/{w}/_history", f"{w}", f"{w}/{w}", f"Patient/{w}/{w}",
                     f"${w}", f"Patient/${w}", f"Patient/_history/{w}", f"Patient/{self.patient}/_history/{NUMBER}", f"AuditEvent/{w}", f"AuditEvent/{w}/_history/{NUMBER}",
                     f"Binary/{w}", f"metadata?{w}={w}"):
            for method in ("GET", "DELETE", "PUT", "PATCH", "PROPFIND"):
                for session in (ada, aud):
                    yield session, method, f"/fhir/{path}", {"headers": lenient}
        for name in (w, f"name:{w}", f"name:exact:{w}", f"general-practitioner:Practitioner.{w}", f"general-practitioner:{w}.name", f"link.{w}",
                     f"_has:Observation:subject:{w}", f"_sort:{w}", f"_{w}", f"_include:{w}", f"_page:{w}"):
            for value in (w, f"-{w}", f"Patient:{w}"):
                yield ada, "GET", f"/fhir/Patient?{name}={value}", {"headers": lenient}
                yield ada, "GET", f"/fhir/Patient?{name}={value}", {}
                yield aud, "GET", f"/fhir/AuditEvent?agent-{name}={value}", {"headers": lenient}
                yield ada, "POST", "/fhir/Patient/_search", {"headers": lenient, "data": {name: value}}
                yield ada, "POST", "/fhir/Patient", {"headers": {**lenient, "If-None-Exist": f"{name}={value}"}, "json": {"resourceType": "Patient"}}
        for name in ("_sort", "_include", "_revinclude", "_elements", "_summary", "_total", "_count", "_page", "_format", "_pretty", "_type", "_has"):
            yield ada, "GET", f"/fhir/Patient?{name}={w}", {"headers": lenient}
            yield aud, "GET", f"/fhir/AuditEvent?{name}={w}", {"headers": lenient}
        entries = [("DELETE", f"Patient/{w}"), ("GET", f"Patient/{w}"), ("GET", f"{w}/{w}"), ("GET", f"Patient?{w}={w}"), ("GET", f"Patient/{w}/_history/1"),
                   ("POST", f"Patient?{w}={w}"), ("PUT", f"Patient?{w}={w}"), (w, "Patient/1"), ("PATCH", f"Patient/{w}")]
        for kind in ("batch", "transaction"):
            for method, url in entries:
                entry = {"request": {"method": method, "url": url, "ifMatch": w if method == "DELETE" else None}, "fullUrl": w}
                for also in ({}, {"resource": {"resourceType": "Patient", "id": w}}):
                    entry["request"] = {k: v for k, v in entry["request"].items() if v}
                    yield ada, "POST", "/fhir", {"headers": lenient, "json": {"resourceType": "Bundle", "type": kind, "entry": [{**entry, **also}]}}
        for reference in (f"Patient?{w}={w}", f"Patient?name:{w}={w}", f"{w}?name={w}", f"Patient?identifier={w}", f"Patient/{w}?"):
            yield ada, "POST", "/fhir", {"json": {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"request": {"method": "POST", "url": "Observation"},
                 "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": reference}}}]}}
        for session in (ada, aud):
            for query in (f"who-saw?patient=Patient/{w}", f"who-saw?patient={w}", f"what-did?user={w}", f"denied?{w}={w}", f"denied?from={w}", w, f"who-saw?patient=Patient/{w}&whole_log=true"):
                yield session, "GET", f"/api/audit/{query}", {"headers": lenient}
        for path in ("/auth/sign-in", "/auth/token", "/auth/introspect", "/auth/revoke", "/auth/activate", "/auth/leave", "/auth/account/change"):
            yield None, "POST", path, {"data": {name: w for name in (w, "name", "password", "code", "grant_type", "client_id", "token", "invitation", "scope", "action")}}
        yield None, "POST", "/auth/register", {"json": {"client_name": w, "redirect_uris": [f"https://{w}.example/"], "scope": f"patient/{w}.rs {w}",
                                                       "grant_types": ["authorization_code"], "token_endpoint_auth_method": "none"}}
        yield ada, "POST", "/auth/launch", {"json": {"client": w, "patient": w}}
        yield ada, "POST", "/auth/sessions/end", {"json": {"session": w}}
        yield ada, "POST", "/auth/grants/end", {"json": {"grant": w}}

    def test_no_word_of_a_request_is_repeated(self):
        before = self.newest()
        anybody = requests.Session()
        anybody.verify = self.home.authority
        for session, method, path, fields in self.requests():
            headers = {**({"Authorization": session.headers["Authorization"]} if session else {}), **fields.pop("headers", {})}
            answer = anybody.request(method, self.home.url + path, headers=headers, timeout=600, **fields)
            self.assertLess(answer.status_code, 500, f"{method} {path}: {answer.text[:200]}")
        lines = self.told(before)
        self.assertGreater(len(lines), 300)
        for line in lines:
            for word in (WORD, WORD.lower(), NUMBER):
                self.assertNotIn(word, json.dumps(line))
        # The same as FHIR: queries are there in base64.
        found, url = 0, self.base + "/AuditEvent?_count=1000"
        while url:
            page = self.aud.get(url).json()
            for entry in page.get("entry", []):
                text = json.dumps(entry["resource"]) + "".join(
                    base64.b64decode(e["query"]).decode() for e in entry["resource"].get("entity", []) if "query" in e)
                self.assertNotIn(WORD, text)
                found += 1
            url = next((link["url"] for link in page.get("link", []) if link["relation"] == "next"), None)
        self.assertGreater(found, 300)

    def test_who_saw_tells_the_log_whom_it_knows(self):
        """A development home takes ids of any form: one that the log tells of names a patient."""
        self.assertEqual(201, self.ada.put(self.base + "/Patient/chosen", json={"resourceType": "Patient", "id": "chosen"}).status_code)
        before = self.newest()
        for patient in ("chosen", self.patient, "00000000-0000-4000-8000-000000000000", "never-there"):
            self.assertEqual(200, self.aud.get(f"{self.home.url}/api/audit/who-saw?patient=Patient/{patient}").status_code)
        ward("audit", "ask", "who-saw", "Patient/never-there", home=self.home.home)
        asked = [line.get("patient") for line in self.told(before) if "what=ask-who-saw" in line.get("details", [])]
        self.assertEqual(["Patient/chosen", f"Patient/{self.patient}", "Patient/00000000-0000-4000-8000-000000000000", None, None], asked)


if __name__ == "__main__":
    unittest.main()
