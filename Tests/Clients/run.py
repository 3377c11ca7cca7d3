"""Runs every test of this folder against a program: `run.py PATH/TO/ward [names…]`."""
import os, sys, unittest

os.environ["PROGRAM_UNDER_TEST"] = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
loader = unittest.defaultTestLoader
suite = loader.loadTestsFromNames(sys.argv[2:]) if len(sys.argv) > 2 else loader.discover(os.path.dirname(os.path.abspath(__file__)), "test_*.py")
result = unittest.TextTestRunner(verbosity=2).run(suite)
failed = len(result.failures) + len(result.errors)
print(f"clients: {result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
