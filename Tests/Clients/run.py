"""Runs every test of this folder against a program: `run.py PATH/TO/ward [names…]`. Classes run side by side, one more than there
are cores: some always wait."""
import concurrent.futures, io, multiprocessing, os, sys, time, unittest

# Those that last longest begin first.
FIRST = (
    "test_events", "test_moving_keys", "test_shipping", "test_shredding", "test_index", "test_keys", "test_faults", "test_crash", "test_passkeys")


def classes(suite):
    """The classes of a suite, each with the ids of its tests; what did not load is a class of its own."""
    found = {}
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            for name, ids in classes(item).items():
                found.setdefault(name, []).extend(ids)
        else:
            found.setdefault(f"{type(item).__module__}.{type(item).__qualname__}", []).append(item.id())
    return found


def run(ids):
    """Runs tests of one class; returns (what was printed, tests, failures, skipped, seconds)."""
    begun, out = time.monotonic(), io.StringIO()
    result = unittest.TextTestRunner(stream=out, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromNames(ids))
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    # What script/bootstrap --test installs must be there: a test that is skipped for want of it has shown nothing.
    missing = [reason for _, reason in result.skipped if "bootstrap" in reason]
    for reason in missing:
        print(f"FAILED: skipped, though it must run: {reason}", file=out)
    return out.getvalue(), result.testsRun, failed + len(missing), len(result.skipped) - len(missing), time.monotonic() - begun


def main():
    os.environ["PROGRAM_UNDER_TEST"] = os.path.abspath(sys.argv[1])
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, folder)
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(sys.argv[2:]) if len(sys.argv) > 2 else loader.discover(folder, "test_*.py")
    if loader.errors:
        sys.exit("\n".join(loader.errors))
    begun, total, failures, skips, lasted = time.monotonic(), 0, 0, 0, {}
    work = sorted(classes(suite).items(), key=lambda item: not item[0].startswith(FIRST))
    spawning = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor((os.cpu_count() or 1) + 1, mp_context=spawning) as pool:
        names = {pool.submit(run, ids): name for name, ids in work}
        for done in concurrent.futures.as_completed(names):
            printed, tests, failed, skipped, seconds = done.result()
            print(printed.rstrip(), end="\n\n", flush=True)
            total, failures, skips = total + tests, failures + failed, skips + skipped
            lasted[names[done]] = seconds
    for name, seconds in sorted(lasted.items(), key=lambda item: -item[1])[:12]:
        print(f"{seconds:6.0f} s  {name}")
    print(f"clients: {total - failures - skips} passed, {failures} failed, {skips} skipped in {time.monotonic() - begun:.0f} s")
    sys.exit(0 if total and not failures else 1)


if __name__ == "__main__":
    main()
