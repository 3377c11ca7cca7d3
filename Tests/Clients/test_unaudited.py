"""What may carry health information and is not in the audit log does not compile."""
import os, subprocess, tempfile, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODULES = os.path.join(os.path.dirname(os.environ.get("PROGRAM_UNDER_TEST", "")), "Modules")


@unittest.skipUnless(os.path.isdir(MODULES), "the modules of a build are not beside the program: it is an installed one")
class Unaudited(unittest.TestCase):
    def compile(self, lines):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "route.swift")
            with open(path, "w") as file:
                file.write("import WardAudit\nimport WardDatabase\n" + lines)
            done = subprocess.run(
                ["swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", "-I", MODULES,
                 "-Xcc", "-fmodule-map-file=" + os.path.join(ROOT, "Sources", "COpenSSL", "module.modulemap"), path],
                capture_output=True, text=True, timeout=300)
            return done.returncode, done.stderr

    def test_an_answer_cannot_be_made_without_an_event(self):
        good = """
            func answer(_ log: AuditLog, _ event: AuditEvent) async throws -> Audited<[UInt8]> {
                try await log.record(event, releasing: [1])
            }
            func other(_ answer: Audited<[UInt8]>) -> Audited<Int> { answer.map(\\.count) }
            """
        code, words = self.compile(good)
        self.assertEqual(0, code, words)
        for bad, reason in [
            ("func answer() -> Audited<[UInt8]> { Audited(recorded: [1], events: []) }", "missing argument for parameter 'committed'"),
            ("func answer() -> Audited<[UInt8]> { Audited([1]) }", "error:"),
            ("func answer() -> Audited<[UInt8]> { [1] }", "cannot convert"),
            ("func answer(_ log: AuditLog) async throws -> Audited<[UInt8]> { try await log.record(releasing: [1]) }", "error:"),
        ]:
            code, words = self.compile(good + bad)
            self.assertNotEqual(0, code, bad)
            self.assertIn(reason, words, bad)


if __name__ == "__main__":
    unittest.main()
