"""The audit log at a receiver of syslog over TLS: everything, once, whatever breaks."""
import csv, json, os, random, shutil, signal, tempfile, threading, time, unittest
import requests
from home import Home, ward
from receiver import DRIVER, Authority, Receiver, wait


@unittest.skipUnless(DRIVER, "rsyslog-openssl is not installed: script/bootstrap --test")
class Syslog(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ward-syslog-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.receiver = Receiver(self.folder + "/receiver")
        self.addCleanup(self.receiver.close)
        self.home = Home()
        self.addCleanup(self.home.__exit__)
        self.home.add("ada", "clinician")

    def log(self):
        """What the log holds, by number."""
        return {line["entry"]: line["id"] for line in ward("audit", "show", "--last", "10000", home=self.home.home)[1]}

    def arrived(self, wanted):
        return wait(lambda: set(wanted.items()) <= {(entry, event) for entry, event, _ in self.receiver.messages()})

    def write(self, session, count=5):
        for _ in range(count):
            self.assertEqual(201, session.post(self.home.url + "/fhir/Patient", json={"resourceType": "Patient"}).status_code)

    def test_everything_arrives_once(self):
        self.receiver.start()
        self.home.serve(env=self.receiver.environment())
        self.write(self.home.session("ada"))
        self.arrived(self.log())
        self.home.stop()
        messages = self.receiver.messages()
        numbers = [entry for entry, _, _ in messages]
        self.assertEqual(list(range(len(numbers))), numbers, "each once, in order, to the last one")
        told = [json.loads(line.split("] ", 1)[1])["event"] for _, _, line in messages]
        self.assertEqual("stop", [event for event in told if event != "heartbeat"][-1])
        host = r"[!-~]+"
        for entry, event, line in messages:
            self.assertRegex(
                line, rf'^<1(10|08|07|06)>1 \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}}Z {host} ward - [a-z-]+ '
                rf'\[meta sequenceId="{entry + 1}"\]\[ward@32473 log="audit\.[0-9a-f-]+/main" entry="{entry}" event="{event}" ')
            fact = json.loads(line.split("] ", 1)[1])
            self.assertEqual((entry, event), (fact["entry"], fact["id"]))
        log = self.log()
        self.assertEqual(log.keys() - set(numbers), set(range(len(numbers), len(log))))
        # Started again, it goes on where it was.
        self.home.serve(env=self.receiver.environment())
        self.arrived(self.log())
        self.home.stop()
        numbers = [entry for entry, _, _ in self.receiver.messages()]
        self.assertEqual(list(range(len(numbers))), numbers)

    def test_a_receiver_that_is_killed_and_a_server_that_is_killed(self):
        self.receiver.start()
        self.home.serve(env=self.receiver.environment())
        session = self.home.session("ada")
        self.write(session)
        self.receiver.stop(signal.SIGKILL)
        self.write(session)
        self.receiver.start()
        self.receiver.gate.limit = 5000
        before = self.receiver.gate.connections
        self.write(session)
        wait(lambda: self.receiver.gate.connections > before)
        self.receiver.gate.limit = None
        self.home.kill()
        self.home.serve(env=self.receiver.environment())
        self.write(self.home.session("ada"), 5)
        log = self.log()
        self.arrived(log)
        seen = {}
        for entry, event, _ in self.receiver.messages():
            self.assertEqual(event, seen.setdefault(entry, event), "a double has the number and the event of the first")
        self.assertEqual(sorted(seen), list(range(max(seen) + 1)), "nothing is missing")

    def test_a_receiver_that_is_killed_over_and_over(self):
        """Killed between deliveries and in the middle of them: nothing is lost, what comes a second time has the number and the event of
        the first, and what was confirmed does not come again."""
        chance = random.Random(int(os.environ.get("TEST_SEED", time.time())))
        self.receiver.start()
        self.home.serve(env={**self.receiver.environment(), "WARD_AUDIT_ALARM_MINUTES": "0"})
        session = self.home.session("ada")
        mark = self.home.home + "/data/audit-sent-syslog"
        confirmed = lambda: int(open(mark).read().split("\n")[1]) if os.path.exists(mark) else 0
        for round in range(2):
            wait(lambda: confirmed() > len(self.log()) - 20)
            known, lines = confirmed(), len(self.receiver.messages())
            writing = threading.Thread(target=self.write, args=(session, 30))
            writing.start()
            time.sleep(chance.uniform(0, 0.8))
            self.receiver.stop(signal.SIGKILL if round else signal.SIGTERM)
            writing.join()
            self.receiver.start()
            wait(lambda: confirmed() > known + 30)
            # What had been confirmed before is not sent again.
            again = [entry for entry, _, _ in self.receiver.messages()[lines:] if entry < known]
            self.assertEqual([], again)
        log = self.log()
        self.arrived(log)
        seen = {}
        for entry, event, _ in self.receiver.messages():
            self.assertEqual(event, seen.setdefault(entry, event), "a double has the number and the event of the first")
        self.assertEqual(sorted(seen), list(range(max(seen) + 1)), "nothing is missing")
        # Behind while it was away, and caught up when it was back: told, and over.
        self.receiver.stop(signal.SIGKILL)
        ready = lambda: requests.get(self.home.url + "/health/ready", verify=self.home.authority, timeout=60).json()
        self.write(session)
        wait(lambda: ready().get("warnings") == ["audit-syslog"])
        self.receiver.start()
        wait(lambda: "warnings" not in ready())
        told = [line.get("reason") for line in ward("audit", "show", "--last", "500", home=self.home.home)[1] if line["event"] == "delivery"]
        self.assertIn(["behind", None], [told[i:i + 2] for i in range(len(told))])

    def test_it_speaks_only_to_its_receiver_and_tells_of_it(self):
        other = Authority(self.folder, "other")
        stranger = other.issue("ward-client")
        self.receiver.start()
        for environment, words in (
                (self.receiver.environment(authority=other.path), "shows a certificate that is not trusted"),
                (self.receiver.environment(client=stranger), "does not trust the certificate of this side")):
            before = self.receiver.gate.connections
            self.home.serve(env={**environment, "WARD_AUDIT_ALARM_MINUTES": "0"})
            wait(lambda: self.receiver.gate.connections > before + 1)
            self.assertEqual([], self.receiver.messages())
            self.assertFalse(os.path.exists(self.home.home + "/data/audit-sent-syslog"))
            # The alarm is raised, and the server serves on.
            ready = lambda: requests.get(self.home.url + "/health/ready", verify=self.home.authority, timeout=60)
            answer = wait(lambda: "warnings" in ready().json() and ready())
            self.assertEqual((200, {"status": "ready", "warnings": ["audit-syslog"]}), (answer.status_code, answer.json()))

            def told():
                with open(self.home.log) as f:
                    return f.read()
            self.assertIn("the audit log is not delivered", told())
            # A connection may break before the reason has come over it; it is tried again.
            wait(lambda: words in told())
            self.home.kill()
        self.assertIn("behind", [line["reason"] for line in ward("audit", "show", "--last", "50", home=self.home.home)[1]
                                 if line["event"] == "delivery"])

    def test_a_configuration_that_names_it_in_part_is_refused(self):
        for missing in ("CERTIFICATE", "KEY"):
            environment = self.receiver.environment()
            del environment[f"WARD_AUDIT_SYSLOG_{missing}"]
            code, _, words = ward("user", "list", home=self.home.home, check=False, env=environment)
            self.assertEqual(2, code)
            self.assertIn("audit.syslog.key", words)
        environment = {**self.receiver.environment(), "WARD_AUDIT_SYSLOG_ADDRESS": "localhost:99999"}
        code, _, words = ward("user", "list", home=self.home.home, check=False, env=environment)
        self.assertEqual((2, True), (code, "audit.syslog.address" in words), words)


class Exports(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.__exit__)
        self.home.add("ada", "clinician")
        self.home.serve()
        session = self.home.session("ada")
        for _ in range(3):
            session.post(self.home.url + "/fhir/Patient", json={"resourceType": "Patient"})
        session.get(self.home.url + "/fhir/Patient?gender=other")
        self.home.sign_in("ada", password="wrong")

    def export(self, form, *arguments):
        path = f"{self.home.folder}/{form}"
        summary = ward("audit", "export", "--format", form, "--into", path, *arguments, home=self.home.home)[1]["written"]
        self.assertEqual(0o600, os.stat(path).st_mode & 0o777)
        return path, summary

    def test_forms(self):
        lines = ward("audit", "show", "--last", "10000", home=self.home.home)[1]
        path, summary = self.export("ndjson", "--to", str(len(lines)))
        self.assertEqual((len(lines), 0, len(lines) - 1), (summary["entries"], summary["first"], summary["last"]))
        with open(path) as f:
            events = [json.loads(line) for line in f]
        self.assertEqual({"AuditEvent"}, {event["resourceType"] for event in events})
        self.assertEqual([line["id"] for line in lines], [event["id"] for event in events])
        # What is written is what the server gives.
        self.home.add("bob", "auditor")
        auditor = self.home.session("bob")
        served = auditor.get(f"{self.home.url}/fhir/AuditEvent/{events[-1]['id']}").json()
        for event in (served, events[-1]):
            event.pop("agent")
        self.assertEqual(served, events[-1])
        with open(self.export("ocsf", "--from", "2", "--to", str(len(lines)))[0]) as f:
            events = [json.loads(line) for line in f]
        self.assertEqual([line["id"] for line in lines[2:]], [event["metadata"]["uid"] for event in events])
        self.assertIn((300201, 2), {(event["type_uid"], event["status_id"]) for event in events}, "the failed sign-in")
        with open(self.export("csv", "--to", str(len(lines)))[0], newline="") as f:
            rows = list(csv.DictReader(f))
        self.assertEqual([line["id"] for line in lines], [row["id"] for row in rows])
        self.assertIn("gender", {row["query"] for row in rows})

    def test_times_and_refusals(self):
        path, summary = self.export("csv", "--from", "2001-01-01", "--to", "2001-02-01")
        self.assertEqual(0, summary["entries"])
        code, _, words = ward("audit", "export", "--format", "csv", "--into", path + "1", "--from", "2100-01-01", home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("lies in the future", words)
        code, _, words = ward("audit", "export", "--format", "csv", "--into", path, home=self.home.home, check=False)
        self.assertEqual(2, code)
        self.assertIn("is there already", words)
        code, _, words = ward("audit", "export", "--format", "csv", "--into", path + "2", "--from", "x", home=self.home.home, check=False)
        self.assertEqual(2, code)
        reads = [line["details"] for line in ward("audit", "show", "--last", "20", home=self.home.home)[1] if line["event"] == "log-read"]
        self.assertIn(["what=export-csv", "state=ended"], [details[:2] for details in reads])
