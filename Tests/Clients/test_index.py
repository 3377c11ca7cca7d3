"""The blind index as operators see it: what it holds, what it shows."""
import shutil, unittest
from home import Home, ward


class Index(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        shutil.rmtree(cls.home.home)
        _, made, _ = ward("demo", "--patients", "40", home=cls.home.home, timeout=600)
        cls.home.users["clinician"] = made["clinician"]
        cls.home.serve()

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def test_status(self):
        _, status, _ = ward("index", "status", home=self.home.home)
        self.assertEqual([True], [epoch["is_current"] for epoch in status["epochs"]])
        self.assertEqual(4, status["epochs"][0]["partitions"])
        self.assertGreater(status["records"], 40)
        self.assertGreater(sum(level["entries"] for level in status["levels"]), status["records"])
        allowed = {item["parameter"]: item for item in status["allowed"]}
        self.assertIn("Patient", allowed["family"]["resources"])
        self.assertNotIn("gender", allowed)
        self.assertTrue(all(item["shows"] for item in status["allowed"]))

    def test_estimate(self):
        _, estimate, _ = ward("index", "estimate", home=self.home.home)
        fields = {(f["type"], f["parameter"], f["family"], f["form"]): f for f in estimate["fields"]}
        family = fields["Patient", "family", "population", "exact"]
        self.assertEqual(40, family["occurrences"])
        self.assertGreater(family["entropy_bits"], 1)
        self.assertLessEqual(family["leak_bits"], family["entropy_bits"])
        self.assertLess(family["guessed"], family["guessed_unsplit"])
        # No value and no reference stands in it.
        session = self.home.session("clinician")
        names = {e["resource"]["name"][0]["family"] for e in session.get(f"{self.home.url}/fhir/Patient?_count=40").json()["entry"]}
        for name in names:
            self.assertNotIn(name.lower(), str(estimate).lower().split("'"))
        _, sampled, _ = ward("index", "estimate", "--sample", "500", home=self.home.home)
        self.assertLess(sampled["records"], estimate["records"])
        self.assertGreater(sampled["records"], 0)
        code, _, _ = ward("index", "estimate", "--sample", "0", home=self.home.home, check=False)
        self.assertEqual(2, code)
