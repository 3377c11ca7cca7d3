"""Promise 3: the process is killed at random instants; nothing acknowledged is missing, no audit entry is missing or double, and
the witness that watched the log agrees."""
import os, random, shutil, tempfile, threading, time, unittest
import requests
from home import Home, ward
from test_witness import WitnessProcess

KILLS = 500 if os.environ.get("WARD_TEST_LONG") else 20
LOOKED_AT_ONCE = 10_000


class Acknowledged:
    """What the server said that it did: versions by reference, and how many reads of each."""

    def __init__(self):
        self.lock = threading.Lock()
        self.writes, self.newest, self.reads = set(), {}, 0

    def wrote(self, event, location, is_deletion=False):
        reference = location.split("/fhir/")[-1]
        record, version = reference.split("/_history/")
        with self.lock:
            self.writes.add((event, reference))
            if int(version) >= self.newest.get(record, (0, False))[0]:
                self.newest[record] = (int(version), is_deletion)

    def read(self):
        with self.lock:
            self.reads += 1


class Client(threading.Thread):
    """Creates, updates, deletes, reads, and commits transactions until the server is gone."""

    def __init__(self, home, token, chance, acknowledged):
        super().__init__()
        self.home, self.chance, self.acknowledged = home, chance, acknowledged
        self.session = requests.Session()
        self.session.verify = home.authority
        self.session.headers["Authorization"] = "Bearer " + token

    def run(self):
        try:
            while True:
                self.step()
        except (requests.RequestException, ValueError, KeyError):
            return

    def step(self):
        base, body = self.home.url + "/fhir", {"resourceType": "Basic", "code": {"text": "crash"}}
        made = self.session.post(base + "/Basic", timeout=60, json=body)
        if made.status_code != 201:
            return
        self.acknowledged.wrote("create", made.headers["Location"])
        url = f"{base}/Basic/{made.json()['id']}"
        if self.session.get(url, timeout=60).status_code == 200:
            self.acknowledged.read()
        what = self.chance.random()
        if what < 0.3:
            changed = self.session.put(url, timeout=60, json={**body, "id": made.json()["id"], "code": {"text": "changed"}})
            if changed.status_code == 200:
                version = changed.json()["meta"]["versionId"]
                self.acknowledged.wrote("update", f"{url}/_history/{version}")
        elif what < 0.5:
            if self.session.delete(url, timeout=60).status_code in (200, 204):
                self.acknowledged.wrote("delete", f"{url}/_history/2", is_deletion=True)
        elif what < 0.8:
            self.transaction(base, body)

    def transaction(self, base, body):
        entries = [{"resource": body, "request": {"method": "POST", "url": "Basic"}} for _ in range(3)]
        answer = self.session.post(base, timeout=60, json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
        if answer.status_code == 200:
            for entry in answer.json()["entry"]:
                self.acknowledged.wrote("create", entry["response"]["location"])


class Crash(unittest.TestCase):
    def test_nothing_acknowledged_is_lost(self):
        seed = int(os.environ.get("TEST_SEED", time.time()))
        print(f"seed {seed}, {KILLS} kills")
        chance = random.Random(seed)
        acknowledged, told = Acknowledged(), Told()
        folder = tempfile.mkdtemp(prefix="ward-witness-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        witness = WitnessProcess(folder)
        self.addCleanup(witness.stop)
        self.addCleanup(witness.log.close)
        with Home() as home:
            home.add("ada", "clinician")
            witness.trust(home)
            witness.start()
            home.serve(env=witness.environment)
            token = home.session("ada").token
            for kill in range(KILLS):
                if kill:
                    home.serve(env=witness.environment)
                clients = [Client(home, token, random.Random(chance.random()), acknowledged) for _ in range(4)]
                for client in clients:
                    client.start()
                # In every other round something is acknowledged, however slow the machine is.
                before, end = len(acknowledged.writes), time.time() + 120
                while kill % 2 and len(acknowledged.writes) == before and time.time() < end:
                    time.sleep(0.01)
                if kill % 2:
                    self.assertGreater(len(acknowledged.writes), before, "nothing was acknowledged in two minutes")
                time.sleep(chance.uniform(0.02, 0.6))
                home.kill()
                for client in clients:
                    client.join()
                if kill % 10 == 9:
                    told.look(home, self)
            before = witness.size()
            home.serve(env=witness.environment)
            session = requests.Session()
            session.verify = home.authority
            session.headers["Authorization"] = "Bearer " + token
            for number, (record, (version, is_deleted)) in enumerate(acknowledged.newest.items()):
                # These reads are entries too.
                if number % (LOOKED_AT_ONCE // 2) == 0:
                    told.look(home, self)
                status = session.get(f"{home.url}/fhir/{record}").status_code
                self.assertIn(status, (410,) if is_deleted else (200, 410), f"{record} is lost")
            self.assertGreaterEqual(len(acknowledged.writes), KILLS // 2)
            end = time.time() + 60
            while witness.size() <= before:
                self.assertLess(time.time(), end, "the witness saw nothing of the last start")
                time.sleep(0.2)
            self.assertEqual(0, home.stop())
            told.look(home, self)
            code, report, _ = ward("audit", "verify", *witness.verification, home=home.home, check=False)
            self.assertEqual(0, code, report)
            code, report, _ = ward("verify", home=home.home)
            self.assertEqual(0, code, report)
            self.assertEqual(set(), acknowledged.writes - told.writes, "a write was acknowledged that the log does not tell of")
            self.assertGreaterEqual(told.reads, acknowledged.reads, "a read was answered that the log does not tell of")
            print(f"{len(acknowledged.writes)} acknowledged writes, {acknowledged.reads} acknowledged reads, {told.seen} entries")


class Told:
    """What the log tells, looked at part by part, each entry once."""

    def __init__(self):
        self.seen, self.writes, self.reads = 0, set(), 0

    def look(self, home, case):
        lines = ward("audit", "show", "--last", str(LOOKED_AT_ONCE), home=home.home)[1]
        case.assertLessEqual(lines[0]["entry"], self.seen, "more entries than are looked at at once")
        for line in lines:
            if line["entry"] < self.seen:
                continue
            if line["event"] in ("create", "update", "delete") and line["outcome"] == "success":
                write = (line["event"], line["record"])
                case.assertNotIn(write, self.writes, "an entry stands twice")
                self.writes.add(write)
            self.reads += line["event"] == "read" and line["status"] == 200
        self.seen = lines[-1]["entry"] + 1
