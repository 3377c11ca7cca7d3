"""What is over goes for good after its time, and `ward verify` tells that from somebody else's hand."""
import contextlib, glob, sqlite3, time, unittest
from home import Home, ward

FAKE_TIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")
LATER = {"LD_PRELOAD": FAKE_TIME, "FAKETIME": "+3d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
UNDER = ["/usr/bin/env"]


@unittest.skipUnless(FAKE_TIME, "libfaketime is missing: script/bootstrap --test")
class Sweep(unittest.TestCase):
    def test_sessions_of_three_days_ago(self):
        def sessions():
            with contextlib.closing(sqlite3.connect(f"file:{home.home}/data/records.db?mode=ro", uri=True, timeout=30)) as database:
                return database.execute(
                    "select count(*) from record join record_type on number = type where name = '_session'").fetchone()[0]

        def faults():
            _, report, _ = ward("verify", home=home.home, env=LATER, under=UNDER, check=False)
            return [(fault["kind"], fault["place"].split("/")[0]) for fault in report["faults"]]

        with Home() as home:
            for name in ("ada", "bob"):
                home.add(name, "clinician")
            home.serve()
            left, ended = home.session("ada"), home.session("bob")
            self.assertEqual(200, left.get(home.url + "/fhir/Patient").status_code)
            self.assertEqual(204, ended.post(home.url + "/auth/sign-out").status_code)
            home.stop()
            self.assertEqual(3, sessions(), "one version of one, two of the other")
            home.serve(env=LATER, under=UNDER)
            end = time.time() + 120
            while sessions() > 0:
                self.assertLess(time.time(), end, "nothing is swept")
                time.sleep(0.2)
            # What is swept is durable: nothing needs an orderly end, which waits on timers that libfaketime loses on a busy machine.
            home.kill()
            self.assertEqual([], faults())
            _, lines, _ = ward("audit", "show", "--last", "1000", home=home.home, env=LATER, under=UNDER)
            swept = [line for line in lines if line.get("interaction") == "sweep"]
            self.assertEqual([("expiry", 2, ["what=_session"], "system")],
                             [(line["event"], line["count"], line["details"], line["actor_id"]) for line in swept])
            self.assertEqual(1, len([line for line in lines if line["event"] == "time-out"]), "the session that nobody ended")
            # Without its mark, what was swept is missing like anything that is taken away.
            with contextlib.closing(sqlite3.connect(f"{home.home}/data/records.db", timeout=30)) as database, database:
                database.execute("delete from record where type = (select number from record_type where name = '_sweep')")
            self.assertEqual({("removed", "_session"), ("removed", "_sweep")}, set(faults()))


if __name__ == "__main__":
    unittest.main()
