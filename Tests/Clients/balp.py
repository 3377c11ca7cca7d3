"""The rules of IHE Basic Audit Log Patterns, read from their FSH sources: each rule is a check with a name.

It understands of FHIR Shorthand what those profiles use: fixed codes, value sets, cardinalities, slices by type."""
import copy, glob, os, re

RULE = re.compile(r"^\*\s+(\S+)\s*(.*)$")


def codes(value):
    """(system, code) pairs of a Coding, a CodeableConcept or a code."""
    if isinstance(value, dict):
        return {(c.get("system"), c.get("code")) for c in value.get("coding", [value])}
    return {(None, value)}


def matches(wanted, value):
    """Whether a value has one of the codes; a `code` has no system of its own."""
    if isinstance(value, str):
        return value in {code for _, code in wanted}
    return bool(codes(value) & wanted)


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


class Patterns:
    def __init__(self, folder):
        self.aliases, self.sets, self.profiles, self.examples = {}, {}, {}, {}
        texts = [open(name, encoding="utf-8").read() for name in sorted(glob.glob(os.path.join(folder, "*.fsh")))]
        for text in texts:
            self.aliases.update(dict(re.findall(r"^Alias:\s*(\S+)\s*=\s*(\S+)", text, re.M)))
        for text in texts:
            text = re.sub(r'""".*?"""', '""', text, flags=re.S)
            for block in re.split(r"^(?=(?:Profile|ValueSet|Instance|CodeSystem|RuleSet|Extension|Invariant):)", text, flags=re.M):
                self.read(block)

    def read(self, block):
        head = dict(re.findall(r"^(Profile|ValueSet|Instance|InstanceOf|Parent|Id):\s*(\S+)", block, re.M))
        lines = re.sub(r"^\s*//.*$", "", block, flags=re.M)
        lines = re.sub(r"\s//.*$", "", lines, flags=re.M)
        lines = re.sub(r"\n\s+(?=\S)(?!\*)", " ", lines)
        rules = [m.groups() for m in map(RULE.match, map(str.strip, lines.splitlines())) if m]
        if "Profile" in head:
            self.profiles[head["Profile"]] = (head["Id"], head["Parent"], rules)
        elif "ValueSet" in head:
            self.sets[head["ValueSet"]] = {self.code(path) for path, _ in rules if "#" in path}
        elif "Instance" in head:
            self.examples[head["Instance"]] = (head.get("InstanceOf"), rules)

    def code(self, text):
        system, _, code = text.partition("#")
        return (self.aliases.get(system, system) or None, code)

    def value(self, text):
        text = text.strip()
        if text.startswith('"'):
            return text[1:text.rindex('"')]
        if text in ("true", "false"):
            return text == "true"
        if text.startswith("Reference("):
            return {"reference": text[10:-1].strip()}
        if "#" in text.split(" ")[0]:
            system, code = self.code(text.split(" ")[0])
            return {"system": system, "code": code} if system else code
        return text

    def rules(self, name):
        """(name, path, kind, argument) of a profile and those that it builds on."""
        id, parent, own = self.profiles[name]
        result = self.rules(parent) if parent in self.profiles else []
        for path, rest in own:
            if path.startswith("^") or " ^" in f" {rest}" and rest.startswith("^"):
                continue
            if rest.startswith("contains"):
                for slice, low, high in re.findall(r"(\w+)\s+(\d+)\.\.(\d+|\*)", rest):
                    result.append((f"{name}: {path}[{slice}] {low}..{high}", f"{path}[{slice}]", "count", (int(low), high)))
            elif rest.startswith("= "):
                result.append((f"{name}: {path} {rest}", path, "fixed", self.value(rest[2:])))
            elif rest.startswith("from "):
                result.append((f"{name}: {path} {rest}", path, "from", rest.split()[1]))
            elif rest.startswith("only Reference("):
                result.append((f"{name}: {path} {rest}", path, "only", rest[15:-1]))
            elif re.match(r"(\d*)\.\.(\d+|\*|)", rest):
                low, high = re.match(r"(\d*)\.\.(\d+|\*|)", rest).groups()
                result.append((f"{name}: {path} {low}..{high}", path, "count", (int(low or 0), high or "*")))
        return result

    def slices(self, rules):
        """What an element must have to belong to a slice: of `subtype` itself, of others their type."""
        found = {}
        for _, path, kind, argument in rules:
            m = re.match(r"^(\w+)\[(\w+)\](?:\.type)?$", path)
            if m and kind in ("fixed", "from") and (m[1] == "subtype") == (not path.endswith(".type")):
                wanted = codes(argument) if kind == "fixed" else self.sets[argument]
                found[(m[1], m[2])] = wanted
        return found

    def elements(self, resource, path, slices):
        """The parents of the last step of a path, and that step."""
        *steps, last = re.findall(r"\w+(?:\[\w+\])?", path)
        nodes = [resource]
        for step in steps:
            nodes = [child for node in nodes if isinstance(node, dict) for child in self.children(node, step, slices)]
        return nodes, last

    def children(self, node, step, slices):
        name, slice = re.match(r"(\w+)(?:\[(\w+)\])?", step).groups()
        values = listed(node.get(name)) if isinstance(node, dict) else []
        if slice is None:
            return values
        wanted = slices[(name, slice)]
        return [v for v in values if codes(v if name == "subtype" else v.get("type")) & wanted]

    def check(self, resource, profile):
        """Name and outcome of every rule."""
        rules = self.rules(profile)
        slices = self.slices(rules)
        for name, path, kind, argument in rules:
            nodes, last = self.elements(resource, path, slices)
            values = [self.children(node, last, slices) for node in nodes]
            if kind == "count":
                low, high = argument
                yield name, all(low <= len(v) <= (10**9 if high == "*" else int(high)) for v in values)
            elif kind == "fixed" and isinstance(argument, (dict, str)):
                yield name, all(matches(codes(argument), v) for group in values for v in group)
            elif kind == "fixed":
                yield name, all(v == argument for group in values for v in group)
            elif kind == "from" and argument in self.sets:
                yield name, all(matches(self.sets[argument], v) for group in values for v in group)
            elif kind == "only":
                yield name, all(v.get("reference", "").split("/")[-2:][0] == argument for group in values for v in group)

    def example(self, name):
        """An example as JSON, with the fixed codes that its profile puts in by itself."""
        profile, rules = self.examples[name]
        resource, sliced = {"resourceType": "AuditEvent"}, {}
        for path, rest in rules:
            if not rest.startswith("= "):
                continue
            node = resource
            steps = re.findall(r"\w+(?:\[\w+\])?", path)
            for step in steps[:-1]:
                node = self.place(node, step, sliced)
            name_, slice = re.match(r"(\w+)(?:\[(\w+)\])?", steps[-1]).groups()
            if slice:
                node.setdefault(name_, []).append(self.value(rest[2:]))
            else:
                value = self.value(rest[2:])
                # `action` and `outcome` are codes, whose system goes without saying.
                node[name_] = value["code"] if name_ in ("action", "outcome") and isinstance(value, dict) else value
        for (path, slice), wanted in self.slices(self.rules(profile)).items():
            if (id(resource), path, slice) in sliced and len(wanted) == 1:
                system, code = next(iter(wanted))
                sliced[(id(resource), path, slice)].setdefault("type", {"system": system, "code": code})
        return profile, resource

    def place(self, node, step, sliced):
        name, slice = re.match(r"(\w+)(?:\[(\w+)\])?", step).groups()
        if slice is None:
            return node.setdefault(name, {})
        key = (id(node), name, slice)
        if key not in sliced:
            sliced[key] = {}
            node.setdefault(name, []).append(sliced[key])
        return sliced[key]


def mutations(resource):
    """The resource with each of its parts left out, doubled, or changed, one at a time."""
    def walk(node, path):
        for key, value in (node.items() if isinstance(node, dict) else enumerate(node)):
            yield path + [key]
            if isinstance(value, (dict, list)):
                yield from walk(value, path + [key])
    for path in walk(resource, []):
        for how in ("remove", "change", "double"):
            made = copy.deepcopy(resource)
            node = made
            for step in path[:-1]:
                node = node[step]
            if how == "remove":
                del node[path[-1]]
            elif how == "change":
                node[path[-1]] = "changed" if not isinstance(node[path[-1]], bool) else not node[path[-1]]
                if isinstance(node, list):
                    continue
            elif isinstance(node, list):
                node.append(copy.deepcopy(node[path[-1]]))
            else:
                continue
            yield made
    for agent in range(len(resource.get("agent", []))):
        for member in ("media", "network", "lifecycle"):
            made = copy.deepcopy(resource)
            made["agent"][agent][member] = {"code": "added"}
            yield made
    for entity in range(len(resource.get("entity", []))):
        for member, value in (("what", {"reference": "Group/1"}), ("lifecycle", {"code": "1"}), ("detail", [{}])):
            made = copy.deepcopy(resource)
            made["entity"][entity][member] = value
            yield made
