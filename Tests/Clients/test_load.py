"""`ward load`: folders as bulk exports leave them, and files that are none."""
import gzip, json, os, subprocess, tempfile, unittest
from home import WARD, Home


class Folders(unittest.TestCase):
    def test_a_folder_of_ndjson_with_a_file_that_is_none(self):
        with Home() as home, tempfile.TemporaryDirectory() as folder:
            home.add("ida", "importer")
            home.serve()
            token = os.path.join(home.folder, "token")
            with open(os.open(token, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(home.session("ida").token + "\n")
            patients = "".join(json.dumps({"resourceType": "Patient", "id": f"p{n}"}) + "\n" for n in range(3))
            with gzip.open(folder + "/Patient.000.ndjson.gz", "wt") as file:
                file.write(patients)
            for name, text in [("Basic.000.ndjson", '{"resourceType":"Basic","code":{"text":"x"}}\n{"no":"resource"}\n'),
                               ("log.ndjson", '{"exportId":"e"}\n'), ("notes.txt", "x")]:
                with open(f"{folder}/{name}", "w") as file:
                    file.write(text)

            def load():
                done = subprocess.run([WARD, "load", folder, "--server", home.url, "--ca", home.authority, "--token-file", token,
                                       "--resume", home.folder + "/resume", "--output", "json"], capture_output=True, text=True)
                return done.returncode, json.loads(done.stdout), done.stderr
            code, result, words = load()
            self.assertEqual((1, 3, 1, 2), (code, result["resources"], result["refused"], result["files"]), words)
            self.assertIn("file 2: refused: line 2 is no FHIR resource in JSON", words)
            # What went in whole is remembered; the file that did not is tried again.
            with open(folder + "/Basic.000.ndjson", "w") as file:
                file.write('{"resourceType":"Basic","code":{"text":"x"}}\n')
            code, result, words = load()
            self.assertEqual((0, 1, 0, 1), (code, result["resources"], result["refused"], result["skipped"]), words)


if __name__ == "__main__":
    unittest.main()
