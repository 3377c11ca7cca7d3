"""Promise 3: the process is killed at random instants; nothing acknowledged is missing, no audit entry is missing or double."""
import os, random, threading, time, unittest
import requests
from home import Home, ward

KILLS = 200 if os.environ.get("WARD_TEST_LONG") else 20


class Crash(unittest.TestCase):
    def test_nothing_acknowledged_is_lost(self):
        seed = int(os.environ.get("TEST_SEED", time.time()))
        print(f"seed {seed}, {KILLS} kills")
        chance = random.Random(seed)
        with Home() as home:
            home.add("ada", "clinician")
            home.serve()
            token = home.session("ada").token
            written, reads = [], 0
            lock = threading.Lock()
            for kill in range(KILLS):
                if kill:
                    home.serve()
                stop = threading.Event()

                def work():
                    nonlocal reads
                    session = requests.Session()
                    session.verify = home.authority
                    session.headers["Authorization"] = "Bearer " + token
                    while not stop.is_set():
                        try:
                            made = session.post(home.url + "/fhir/Basic", timeout=5, json={"resourceType": "Basic", "code": {"text": "crash"}})
                            if made.status_code == 201:
                                with lock:
                                    written.append(made.json()["id"])
                                if session.get(f"{home.url}/fhir/Basic/{made.json()['id']}", timeout=5).status_code == 200:
                                    with lock:
                                        reads += 1
                        except (requests.RequestException, ValueError):
                            return

                workers = [threading.Thread(target=work) for _ in range(4)]
                for worker in workers:
                    worker.start()
                time.sleep(chance.uniform(0.02, 0.6))
                home.kill()
                stop.set()
                for worker in workers:
                    worker.join()
            home.serve()
            session = requests.Session()
            session.verify = home.authority
            session.headers["Authorization"] = "Bearer " + token
            lost = [id for id in written if session.get(f"{home.url}/fhir/Basic/{id}").status_code != 200]
            self.assertEqual([], lost)
            self.assertGreater(len(written), KILLS)
            self.assertEqual(0, home.stop())
            code, report, _ = ward("audit", "verify", home=home.home)
            self.assertEqual(0, code, report)
            code, report, _ = ward("verify", home=home.home)
            self.assertEqual(0, code, report)
            shown = ward("audit", "show", "--last", "10000", home=home.home)[1]
            creates = [line["record"] for line in shown if line["event"] == "create" and line["outcome"] == "success"]
            self.assertEqual(len(creates), len(set(creates)), "an entry stands twice")
            if len(shown) < 10000:
                self.assertEqual(set(), {f"Basic/{id}/_history/1" for id in written} - set(creates))
                told = sum(line["event"] == "read" and line["status"] == 200 for line in shown)
                self.assertGreaterEqual(told, reads, "a read was answered that the log does not tell of")
            print(f"{len(written)} acknowledged writes, {reads} acknowledged reads, {len(shown)} entries shown")
