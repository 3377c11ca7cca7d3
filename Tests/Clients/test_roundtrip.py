"""Real patients in, the same patients out: member by member and digit by digit, but for id, meta and resolved references."""
import glob, gzip, json, os, unittest
from decimal import Decimal
from home import Home, ward

DATA = os.environ.get("WARD_TEST_DATA", "")
LONG = bool(os.environ.get("WARD_TEST_LONG"))


class Number(str):
    """A number as it was written."""


def parse(data):
    return json.loads(data, parse_float=Number, parse_int=Number, object_pairs_hook=list)


def member(pairs, name):
    return next((v for k, v in pairs if k == name), None)


def difference(sent, got, path=""):
    """The first path at which two parsed resources differ; None if they agree."""
    if isinstance(sent, list) and sent and isinstance(sent[0], tuple):
        sent = [(k, v) for k, v in sent if path or k not in ("id", "meta")]
        got = [(k, v) for k, v in got if path or k not in ("id", "meta")]
        if [k for k, _ in sent] != [k for k, _ in got]:
            return path + " members"
        for (key, left), (_, right) in zip(sent, got):
            if key == "reference" and isinstance(left, str) and (left.startswith("urn:uuid:") or "?" in left):
                if not (isinstance(right, str) and right.count("/") == 1):
                    return path + ".reference"
                continue
            found = difference(left, right, f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(sent, list):
        if not isinstance(got, list) or len(sent) != len(got):
            return path
        return next((d for i, (l, r) in enumerate(zip(sent, got)) if (d := difference(l, r, f"{path}[{i}]"))), None)
    return None if type(sent) is type(got) and sent == got else path


@unittest.skipUnless(os.path.isdir(DATA), "no real patients at WARD_TEST_DATA")
class RoundTrip(unittest.TestCase):
    def test_synthea(self):
        first = sorted(glob.glob(DATA + "/synthea-uscore/hospital*.gz")) + sorted(glob.glob(DATA + "/synthea-uscore/practitioner*.gz"))
        uscore = [f for f in sorted(glob.glob(DATA + "/synthea-uscore/*.gz")) if f not in first]
        smart = sorted(glob.glob(DATA + "/synthea-smart-r4/*.gz"))
        files = first + uscore + smart if LONG else first + uscore[:2] + smart[:6]
        sent_count = 0
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            session = home.session("ada")
            base = home.url + "/fhir"
            for number, file in enumerate(files):
                if number % 100 == 99:
                    session = home.session("ada")
                with gzip.open(file) as f:
                    body = f.read()
                answer = session.post(base, data=body, headers={"Content-Type": "application/fhir+json"}, timeout=600)
                self.assertEqual(200, answer.status_code, f"file {number}: {answer.text[:300]}")
                entries = member(parse(body), "entry")
                responses = answer.json()["entry"]
                self.assertEqual(len(entries), len(responses))
                places = [r["response"]["location"] for r in responses]
                self.assertTrue(all(r["response"]["status"][:2] == "20" for r in responses))
                step = 1 if LONG else max(1, len(entries) // 60)
                for index in range(0, len(entries), step):
                    got = session.get(f"{base}/{places[index]}")
                    self.assertEqual(200, got.status_code)
                    found = difference(member(entries[index], "resource"), parse(got.content))
                    self.assertIsNone(found, f"file {number}, entry {index}")
                    sent_count += 1
            home.stop()
            self.assertEqual(0, ward("audit", "verify", home=home.home)[0])
            self.assertEqual(0, ward("verify", home=home.home, timeout=3600)[0])
        print(f"{len(files)} files, {sent_count} resources compared")
