"""An attack on a stolen copy without keys: what it gets is what docs/THREAT-MODEL.md says, and not more."""
import collections, os, shutil, struct, unittest
import attack, open_record
from home import Home, ward

PATIENTS = 150


class StolenCopy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        shutil.rmtree(cls.home.home)
        _, made, _ = ward("demo", "--patients", str(PATIENTS), home=cls.home.home, timeout=600)
        cls.home.users["clinician"] = made["clinician"]
        cls.home.serve()
        session = cls.home.session("clinician")
        cls.resources = {type: cls.all(session, type) for type in ("Patient", "Observation", "Condition")}
        cls.home.stop()
        cls.copy = cls.home.folder + "/stolen"
        for folder in ("data", "audit"):
            shutil.copytree(f"{cls.home.home}/{folder}", f"{cls.copy}/{folder}")

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    @classmethod
    def all(cls, session, type):
        url, found = f"{cls.home.url}/fhir/{type}?_count=1000", []
        while url:
            page = session.get(url).json()
            found += [entry["resource"] for entry in page.get("entry", [])]
            url = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
        return found

    def test_nothing_is_readable(self):
        names = {name["family"] for patient in self.resources["Patient"] for name in patient["name"]}
        numbers = {i["value"] for patient in self.resources["Patient"] for i in patient.get("identifier", [])}
        dates = {patient["birthDate"] for patient in self.resources["Patient"]}
        words = [word.encode() for word in names | numbers | dates if len(word) >= 5]
        self.assertGreater(len(words), 50)
        for folder, _, files in os.walk(self.copy):
            for file in files:
                with open(os.path.join(folder, file), "rb") as f:
                    content = f.read()
                for word in words:
                    self.assertNotIn(word, content, file)

    def field(self, type, parameter, kind, values):
        """The values behind the tokens of a field, told by who holds the keys: by token, and joined over partitions."""
        with open(self.home.home + "/keys/passphrase", "rb") as f:
            index = open_record.index_key(self.home.home + "/keys", f.read().strip())
        known = collections.Counter(value for resource in self.resources[type] for value in set(values(resource)))
        behind = {
            open_record.token(index, type, parameter, kind, partition, value): value
            for value in known for partition in range(index["partitions"])}
        counts = collections.Counter(
            token for list in attack.tokens(self.copy + "/data")[type].values() for token in list if token in behind)
        self.assertEqual(sum(known.values()), sum(counts.values()), "the tokens are not those that the document tells of")
        parted = {token: (behind[token], count) for token, count in counts.items()}
        joined = collections.defaultdict(lambda: (None, 0))
        for token, (value, count) in parted.items():
            joined[value] = (value, joined[value][1] + count)
        return known, parted, joined, index["partitions"]

    def test_frequencies(self):
        def families(patient):
            return [name["family"].encode() for name in patient["name"] if "family" in name]

        def codes(resource):
            return [
                struct.pack(">H", len(coding["system"])) + coding["system"].encode() + coding["code"].encode()
                for coding in resource.get("code", {}).get("coding", []) if "system" in coding]

        for type, parameter, kind, values in (
                ("Patient", "family", 5, families), ("Observation", "code", 1, codes), ("Condition", "code", 1, codes)):
            known, parted, joined, partitions = self.field(type, parameter, kind, values)
            without, baseline = attack.success(joined, known, 1)
            within, _ = attack.success(parted, known, partitions)
            owned = collections.defaultdict(list)
            for resource in self.resources[type]:
                owned[resource["id"] if type == "Patient" else resource["subject"]["reference"]] += set(values(resource))
            mean, least, most = attack.partitioned(owned, known, partitions)
            print(f"\nattack: {type}.{parameter}: {len(known)} values, {sum(known.values())} occurrences; guessed right without partitions "
                  f"{without:.0%}, in {partitions} partitions {within:.0%} in this home, {mean:.0%} on average and {least:.0%} to {most:.0%} "
                  f"over 200 homes, by always naming the commonest {baseline:.0%}")
            # The partitions of this home are as good as chance, and better than none.
            self.assertLess(within, most + 0.1)
            self.assertLess(mean, without)
