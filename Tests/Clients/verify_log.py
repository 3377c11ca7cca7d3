"""A verifier of Ward's audit log by other hands: the standard library and `cryptography`, written from the C2SP texts
(tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-proof) and docs/safeguards/audit.md alone.

    verify_log.py AUDIT.DB|FOLDER VERIFIER_KEY [KEPT_CHECKPOINT…]

The key may be any that the log has had: the file `handovers` beside the log leads from it to all of them. It
prints what is wrong, a line a fault, and ends with 1 where anything is."""
import base64, collections, datetime, hashlib, os, sqlite3, struct, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fault = collections.namedtuple("Fault", "kind entry what")
Note = collections.namedtuple("Note", "body origin size root lines")
Book = collections.namedtuple("Book", "year start opening notes leaves rows")


def leaf(data): return hashlib.sha256(b"\0" + data).digest()
def node(left, right): return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves):
    """RFC 6962 §2.1, without recursion over the whole."""
    peaks = []
    for index, hash in enumerate(leaves):
        while index & 1:
            hash, index = node(peaks.pop(), hash), index >> 1
        peaks.append(hash)
    if not peaks:
        return hashlib.sha256().digest()
    hash = peaks.pop()
    while peaks:
        hash = node(peaks.pop(), hash)
    return hash


def parse(note):
    body, _, lines = note.rpartition(b"\n\n")
    origin, size, hash = body.decode().split("\n")[:3]
    signatures = []
    for line in lines.decode().splitlines():
        dash, name, value = line.split(" ")
        assert dash == "\u2014"
        signatures.append((name, base64.b64decode(value, validate=True)))
    return Note(body + b"\n", origin, int(size), base64.b64decode(hash, validate=True), signatures)


def key(text):
    """A verifier key: name, id, type and public key."""
    name, id, material = text.split("+", 2)
    material = base64.b64decode(material, validate=True)
    assert hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8] == id, "the key's id is not its own"
    return name, material[0], material[1:]


def holds(public, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except InvalidSignature:
        return False


def is_signed(note, public, type=1, name=None):
    """By the log (type 1, under the origin's name), or cosigned by a witness (type 4)."""
    name = name or note.origin
    id = hashlib.sha256(name.encode() + b"\n" + bytes([type]) + public).digest()[:4]
    for signer, value in note.lines:
        if signer != name or value[:4] != id:
            continue
        if type == 1 and holds(public, value[4:], note.body):
            return True
        if type == 4 and len(value) == 76:
            time = struct.unpack(">Q", value[4:12])[0]
            if holds(public, value[12:], b"cosignature/v1\ntime %d\n" % time + note.body):
                return True
    return False


Key = collections.namedtuple("Key", "public since until removed_from removed_to")
END = (9999, 1 << 62)


def place(note): return int(note.origin.rsplit("/", 1)[1]), note.size


def succession(trusted, path):
    """The keys of the log, each with the part of the log that it may sign for, and the handovers between them: checkpoints with a
    line `handover OLDER NEWER EXPIRED`, each signed by both keys. The trusted key must be one of them."""
    name = os.path.join(path if os.path.isdir(path) else os.path.dirname(path), "handovers")
    handovers = [parse(base64.b64decode(line, validate=True)) for line in open(name).read().split()] if os.path.exists(name) else []
    keys, since, removed, following = [], (0, 0), 0, None
    for note in handovers:
        lines = note.body.decode().split("\n")
        word, older, newer, expired = lines[3].split(" ")
        older, newer, expired = base64.b64decode(older, validate=True), base64.b64decode(newer, validate=True), int(expired)
        assert word == "handover" and lines[4:] == [""] and following in (None, older), "the handovers do not follow one another"
        assert is_signed(note, older) and is_signed(note, newer), "a handover is not signed by both keys"
        assert place(note) >= since and expired >= removed, "a handover goes back"
        keys.append(Key(older, since, place(note), removed, expired))
        since, removed, following = place(note), expired, newer
    keys.append(Key(following or trusted, since, END, removed, 1 << 62))
    assert trusted in [key.public for key in keys], "the trusted key is none of those of the handovers"
    return keys, handovers


def is_rightly_signed(note, keys):
    return any(key.since <= place(note) <= key.until and is_signed(note, key.public) for key in keys)


def verify_inclusion(hash, index, size, path, expected):
    last = size - 1
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            hash = node(sibling, hash)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            hash = node(hash, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and hash == expected


def verify_consistency(first, old, second, new, path):
    """RFC 9162 §2.1.4.2."""
    if first == second:
        return not path and old == new
    path = ([old] if first & (first - 1) == 0 else []) + path
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    a = b = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            a, b = node(sibling, a), node(sibling, b)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            b = node(b, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and a == old and b == new


def verify_proof(text, public):
    """A tlog-proof: the entry, if it is in a tree that the log signed."""
    head, _, note = text.encode().partition(b"\n\n")
    lines, note = head.decode().split("\n"), parse(note)
    assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra ") and lines[2].startswith("index ")
    entry, path = base64.b64decode(lines[1][6:]), [base64.b64decode(line) for line in lines[3:]]
    assert is_signed(note, public), "the checkpoint is not signed by the log's key"
    assert verify_inclusion(leaf(entry), int(lines[2][6:]), note.size, path, note.root), "the path does not lead to the root"
    return entry


def tombstones(path):
    """What stands in the place of entries that expired, oldest first."""
    if os.path.isdir(path):
        folder = os.path.join(path, "expired")
        names = sorted(os.listdir(folder), key=int) if os.path.isdir(folder) else []
        return [open(os.path.join(folder, name), "rb").read() for name in names]
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    notes = [note for note, in database.execute("SELECT note FROM tombstone ORDER BY start")]
    database.close()
    return notes


SIX_YEARS = datetime.timedelta(days=6 * 366)


def is_tombstone_signed(name, body, value, range, keys):
    """By a key that may sign for these entries."""
    for key in keys:
        id = hashlib.sha256(name.encode() + b"\n\1" + key.public).digest()[:4]
        if key.removed_from <= range[0] and range[1] <= key.removed_to and value[:4] == id and holds(key.public, value[4:], body):
            return True
    return False


def expired(notes, keys, origins):
    """How far the log expired, and what is wrong with what says so: a signed note each, one after the other."""
    end = 0
    for text in notes:
        body, _, line = text.rpartition(b"\n\n")
        name, range, time, newest = body.decode().split("\n")
        first, last = map(int, range.split(" "))
        dash, signer, value = line.decode().rstrip("\n").split(" ")
        value = base64.b64decode(value, validate=True)
        if signer != name or not is_tombstone_signed(name, body + b"\n", value, (first, last), keys):
            return end, [Fault("signature", end, "a tombstone is not signed by the log's key")]
        if first != end or any(origin.rpartition("/")[0] + "/expired" != name for origin in origins):
            return end, [Fault("removed", end, "a tombstone is missing, or is of another log")]
        time, newest = (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (time, newest))
        if time - newest < SIX_YEARS:
            return end, [Fault("signature", end, "a tombstone tells of entries that were younger than six years")]
        end = last
    return end, []


def books_of_database(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    books = database.execute("SELECT year, start, opening FROM book ORDER BY year").fetchall()
    ends = [start for _, start, _ in books[1:]] + [1 << 62]
    for (year, start, opening), end in zip(books, ends):
        tiles = database.execute("SELECT hashes FROM tile WHERE year = ? AND level = 0 ORDER BY number", (year,)).fetchall()
        hashes = b"".join(tile for tile, in tiles)
        notes = [note for note, in database.execute("SELECT note FROM checkpoint WHERE year = ? ORDER BY size", (year,))]
        rows = database.execute("SELECT position, bytes FROM entry WHERE position >= ? AND position < ? ORDER BY position", (start, end))
        yield Book(year, start, opening, notes, [hashes[i:i + 32] for i in range(0, len(hashes), 32)], rows.fetchall())
    database.close()


def books_of_folder(path):
    start, before = 0, b""
    for year in sorted(name for name in os.listdir(path) if name.isdigit()):
        note = open(os.path.join(path, year, "checkpoint"), "rb").read()
        size, leaves, entries = parse(note).size, [], []
        for number in range((size + 255) >> 8):
            name, rest = f"{number % 1000:03d}", number // 1000
            while rest:
                name, rest = f"x{rest % 1000:03d}/{name}", rest // 1000
            width = min(256, size - (number << 8))
            name += "" if width == 256 else f".p/{width}"
            tile = open(os.path.join(path, year, "tile/0", name), "rb").read()
            leaves += [tile[i:i + 32] for i in range(0, len(tile), 32)]
            name = os.path.join(path, year, "tile/entries", name)
            bundle = open(name, "rb").read() if os.path.exists(name) else b""
            if not bundle:
                entries += [None] * width
            while bundle:
                length = struct.unpack(">H", bundle[:2])[0]
                entries.append(bundle[2:2 + length])
                bundle = bundle[2 + length:]
        # The first entry of a bundle that expired is known all the same: it is the last checkpoint of the year before.
        opening = (entries.pop(0) or before) if start else b""
        rows = [(start + i, entry) for i, entry in enumerate(entries) if entry is not None]
        yield Book(int(year), start, opening, [note], leaves, rows)
        start, before = start + len(entries), note


def compare(book, leaves, rows, end, is_last):
    """Signed leaf hashes against the entries that have not expired: the first difference, and what kind of tampering leaves
    such a one."""
    offset = 1 if book.opening else 0
    expected = [(book.start + i, hash) for i, hash in enumerate(leaves[offset:]) if book.start + i >= end]
    found = [(position, leaf(data)) for position, data in rows]
    if found[:len(expected)] == expected:
        return
    if offset and leaf(book.opening) != leaves[0]:
        return Fault("changed", book.start, "the opening checkpoint")
    if expected[:len(found)] == found:
        return Fault("truncated" if is_last else "removed", expected[len(found)][0], "signed entries at the end are missing")
    first = next(i for i, pair in enumerate(expected) if i >= len(found) or found[i] != pair)
    place = expected[first][0]
    signed, stored = collections.Counter(h for _, h in expected), collections.Counter(h for _, h in found)
    # Entries behind the newest checkpoint are not signed yet; they are no insertion.
    lost, alien = signed - stored, stored - signed - collections.Counter(h for _, h in found[len(expected):])
    if lost and alien:
        return Fault("changed", place, "the entry is not the one that was signed")
    if lost:
        return Fault("removed", place, "an entry is missing")
    if len(found) > len(expected) and found[first + 1:first + 2] and found[first + 1][1] == expected[first][1]:
        return Fault("inserted", place, "an entry that was not signed")
    return Fault("reordered", place, "the entry was signed at another place")


def headers(rows, is_whole):
    """Numbers of emitters without gaps (from 1 on, where nothing expired), time that does not go back by more than a minute."""
    following, newest, recent = {}, {}, collections.OrderedDict()
    for position, data in rows:
        if len(data) < 132 or data[0] != 1:
            yield Fault("malformed", position, "no entry of format 1")
            continue
        time, emitter, number = struct.unpack(">q", data[17:25])[0], data[64:72], struct.unpack(">Q", data[72:80])[0]
        if data[1:17] in recent:
            yield Fault("duplicate", position, "the id of the event")
        recent[data[1:17]] = None
        if len(recent) > 16384:
            recent.popitem(last=False)
        due = following.get(emitter, 1 if is_whole else number)
        if number != due:
            yield Fault("removed" if number > due else "duplicate", position, "the emitter's number")
        following[emitter] = number + 1
        if data[29] == 8:  # somebody accepted that the clock was ahead: times count from here on
            newest = {outbox: min(time, value) for outbox, value in newest.items()}
        kind = emitter == b"\0\0\0\0\0\0\0\1"
        if time < newest.get(kind, time) - 60_000_000:
            yield Fault("clock", position, "its time is before that of earlier entries")
        newest[kind] = max(time, newest.get(kind, time))


def verify(path, public, kept=()):
    """Faults, the first wrong entry first. `kept` are checkpoints from outside: the anchor, a witness's."""
    faults, rows, before = [], [], None
    keys, handovers = succession(public, path)
    kept = [parse(note) for note in kept]
    faults += [Fault("signature", None, "a checkpoint from outside") for note in kept if not is_rightly_signed(note, keys)]
    kept += handovers
    books = list((books_of_folder if os.path.isdir(path) else books_of_database)(path))
    end, wrong = expired(tombstones(path), keys, [parse(book.notes[-1]).origin for book in books if book.notes])
    faults += wrong
    for book in books:
        if any(position < end for position, _ in book.rows):
            faults.append(Fault("inserted", book.rows[0][0], "entries stand where a tombstone is"))
        notes = [parse(note) for note in book.notes]
        faults += [Fault("signature", None, f"a checkpoint of {note.size}") for note in notes if not is_rightly_signed(note, keys)]
        offset = 1 if book.opening else 0
        head = notes[-1] if notes else Note(b"", "", 0, b"", [])
        if before is not None and book.opening != before:
            faults.append(Fault("changed", book.start, "the book does not open with the last checkpoint of the one before"))
        if len(book.leaves) > head.size:
            faults.append(Fault("rolledBack", book.start + head.size - offset, "tiles go on after the newest checkpoint"))
        leaves = book.leaves[:head.size]
        for note in kept:
            if note.origin.endswith(f"/{book.year}"):
                if note.size > head.size:
                    faults.append(Fault("rolledBack", book.start + head.size - offset, "the log is older than what was kept"))
                elif root(leaves[:note.size]) != note.root:
                    faults.append(Fault("forked", None, "what was kept is of another tree"))
        if head.size and root(leaves) != head.root:
            faults.append(Fault("changed", None, "the leaf hashes do not have the signed root"))
        elif head.size:
            faults += filter(None, [compare(book, leaves, book.rows, end, book is books[-1])])
        rows += book.rows
        before = book.notes[-1] if book.notes else None
    first = min([fault.entry for fault in faults if fault.entry is not None], default=1 << 62)
    return faults + [fault for fault in headers(rows, end == 0) if fault.entry < first]


if __name__ == "__main__":
    found = verify(sys.argv[1], key(sys.argv[2])[2], [open(name, "rb").read() for name in sys.argv[3:]])
    for fault in found:
        print(f"{fault.kind}: {'log' if fault.entry is None else f'entry {fault.entry}'}: {fault.what}")
    sys.exit(1 if found else 0)
