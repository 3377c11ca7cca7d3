"""A verifier of Ward's audit log by other hands: the standard library and `cryptography`, written from the C2SP texts
(tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-proof) and docs/safeguards/audit.md alone.

    verify_log.py AUDIT.DB|FOLDER VERIFIER_KEY [KEPT_CHECKPOINT…] [WITNESS_KEY]

The key may be any that the log has had: the file `handovers` beside the log leads from it to all of them. With the witness's key, a
kept checkpoint that it cosigned is its word. It prints what is wrong, a line a fault, and ends with 1 where anything is, with 2 where it cannot look."""
import base64, collections, datetime, hashlib, os, sqlite3, struct, sys, time
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fault = collections.namedtuple("Fault", "kind entry what")
Note = collections.namedtuple("Note", "body origin size root lines")
Book = collections.namedtuple("Book", "year start opening notes tiles rows")
Log = collections.namedtuple("Log", "books rows tombstones losses years faults aside cursor", defaults=((), None))
Aside = collections.namedtuple("Aside", "number position bytes")


def leaf(data): return hashlib.sha256(b"\0" + data).digest()
def node(left, right): return hashlib.sha256(b"\1" + left + right).digest()


def roots(leaves, sizes):
    """RFC 6962 §2.1: the root at each of some sizes, in one pass."""
    peaks, found = [], {0: hashlib.sha256().digest()}
    for index, hash in enumerate(leaves):
        rest = index
        while rest & 1:
            hash, rest = node(peaks.pop(), hash), rest >> 1
        peaks.append(hash)
        if index + 1 in sizes:
            for peak in reversed(peaks[:-1]):
                hash = node(peak, hash)
            found[index + 1] = hash
    return found


def root(leaves): return roots(leaves, {len(leaves)})[len(leaves)]


UNREADABLE = (AssertionError, ValueError, IndexError, struct.error)


def readable(parser, *arguments):
    """What a parser gives, or nothing where it cannot read what it is given."""
    try:
        return parser(*arguments)
    except UNREADABLE:
        return None


def parse(note):
    body, _, lines = note.rpartition(b"\n\n")
    origin, size, hash = body.decode().split("\n")[:3]
    signatures = []
    for line in lines.decode().splitlines():
        dash, name, value = line.split(" ")
        assert dash == "\u2014"
        signatures.append((name, base64.b64decode(value, validate=True)))
    assert size == str(int(size)) and int(size) >= 0 and len(base64.b64decode(hash, validate=True)) == 32
    return Note(body + b"\n", origin, int(size), base64.b64decode(hash), signatures)


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
    assert not os.path.lexists(name) or os.path.isfile(name), "handovers is no plain file"
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
    where = readable(place, note)
    return where is not None and any(key.since <= where <= key.until and is_signed(note, key.public) for key in keys)


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


TABLES = {"entry", "book", "tile", "checkpoint", "outbox_cursor", "tombstone", "quarantine", "loss"}
# Positions of entries are below it.
POSITIONS = 1 << 60
# Times of entries: the years 1 to 9999, in microseconds since 1970.
TIMES = (-62_135_596_800_000_000, 253_402_300_800_000_000)
# What the header of an acceptance holds that takes back the time of a clock which was ahead.
CLOCK = hashlib.sha256(b"ward-acceptance/v1\nclock\n").digest()
# How far a verifier's clock may be behind, in microseconds.
SKEW = 300_000_000
SIX_YEARS = datetime.timedelta(days=6 * 366)


def read_tombstone(text):
    body, _, line = text.rpartition(b"\n\n")
    name, range, time, newest = body.decode().split("\n")
    first, last = map(int, range.split(" "))
    dash, signer, value = line.decode().rstrip("\n").split(" ")
    time, newest = (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (time, newest))
    assert 0 <= first < last
    return body + b"\n", name, first, last, time - newest, signer, base64.b64decode(value, validate=True)


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
        read = readable(read_tombstone, text)
        if read is None:
            return end, [Fault("malformed", end, "a tombstone cannot be read as one")]
        body, name, first, last, age, signer, value = read
        if signer != name or not is_tombstone_signed(name, body, value, (first, last), keys):
            return end, [Fault("signature", end, "a tombstone is not signed by the log's key")]
        if first != end or any(origin.rpartition("/")[0] + "/expired" != name for origin in origins):
            return end, [Fault("removed", end, "a tombstone is missing, or is of another log")]
        if age < SIX_YEARS:
            return end, [Fault("signature", end, "a tombstone tells of entries that were younger than six years")]
        end = last
    return end, []


def dated_ahead(notes, ahead, now):
    """Tombstones that a clock dated which was ahead, and was taken back afterwards: from a time to the newest before it. Or it still is."""
    for text in notes:
        body, name, first, last, age, signer, value = readable(read_tombstone, text) or (b"",) * 7
        if not body:
            continue
        when, newest = (datetime.datetime.fromisoformat(line.replace("Z", "+00:00")).timestamp() * 1_000_000
                        for line in body.decode().split("\n")[2:4])
        back = [low for low, high in ahead if low < when <= high + 60_000_000]
        # An acceptance that is later than now was of a clock that was ahead itself.
        back = [low if now is None else min(low, now * 1_000_000) for low in back]
        if any(newest > low - SIX_YEARS.total_seconds() * 1_000_000 for low in back):
            yield Fault("clock", first, "entries younger than six years were removed by a clock that was ahead and was set right afterwards")
        elif not back and now is not None and when > now * 1_000_000 + SKEW:
            yield Fault("clock", first, "they were removed at a time that is later than now")


def tile_name(level, number, width=256):
    name, rest = f"{number % 1000:03d}", number // 1000
    while rest:
        name, rest = f"x{rest % 1000:03d}/{name}", rest // 1000
    return f"tile/{level}/{name}" + ("" if width == 256 else f".p/{width}")


# What cells hold; SQLite itself holds a column to no type.
CELLS = {
    ("entry", "bytes"): "blob", ("book", "start"): "integer", ("book", "opening"): "blob", ("tile", "year"): "integer", ("tile", "level"): "integer",
    ("tile", "number"): "integer", ("tile", "hashes"): "blob", ("checkpoint", "year"): "integer", ("checkpoint", "size"): "integer",
    ("checkpoint", "note"): "blob", ("outbox_cursor", "number"): "integer", ("outbox_cursor", "event"): "blob", ("tombstone", "end"): "integer",
    ("tombstone", "note"): "blob", ("quarantine", "position"): "integer", ("quarantine", "bytes"): "blob", ("loss", "note"): "blob"}


def read_database(path):
    if not os.path.isfile(path):
        raise OSError("it is no plain file")
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    try:
        # A server may be writing: everything is read as it is at one moment.
        database.execute("BEGIN")
        query = lambda sql, *values: database.execute(sql, values).fetchall()
        for (table, column), kind in CELLS.items():
            if query(f"SELECT EXISTS(SELECT 1 FROM {table} WHERE typeof({column}) <> ?)", kind)[0][0]:
                raise OSError(f"a row of {table} holds no {kind} as its {column}")
        years = [year for year, in query("SELECT DISTINCT year FROM checkpoint ORDER BY year")]
        rows = query("SELECT position, bytes FROM entry WHERE position < ? ORDER BY position", POSITIONS)
        strays = query("SELECT min(position) FROM entry WHERE position >= ?", POSITIONS)[0]
        faults = [Fault("inserted", stray, "rows stand at numbers that no log reaches") for stray in strays if stray is not None]
        faults += [Fault("inserted", None, f"{kind} {name}: no log has it") for kind, name in query("SELECT type, name FROM sqlite_schema")
                   if name not in TABLES and not name.startswith("sqlite_autoindex_")]
        found, books = query("SELECT year, start, opening FROM book ORDER BY year"), []
        tiled = {year for year, in query("SELECT DISTINCT year FROM tile")} - {year for year, _, _ in found} - set(years)
        faults += [Fault("inserted", None, f"there are tiles of {year}, and no book") for year in tiled]
        faults += [Fault("inserted", None, f"row {id} of outbox_cursor: there is row 1 and no other")
                   for id, in query("SELECT id FROM outbox_cursor WHERE id <> 1")]
        aside = [Aside(*row) for row in query("SELECT id, position, bytes FROM quarantine ORDER BY id")]
        cursor = (query("SELECT number, event FROM outbox_cursor WHERE id = 1") or [(0, b"")])[0]
        for (year, start, opening), end in zip(found, [start for _, start, _ in found[1:]] + [1 << 62]):
            books.append(Book(
                year, start, opening, query("SELECT size, note FROM checkpoint WHERE year = ? ORDER BY size", year),
                {(level, number): hashes for level, number, hashes in query("SELECT level, number, hashes FROM tile WHERE year = ?", year)},
                [row for row in rows if start <= row[0] < end]))
        return Log(books, rows, [note for note, in query("SELECT note FROM tombstone ORDER BY start")],
                   [note for note, in query("SELECT note FROM loss ORDER BY id")], years, faults, aside, cursor)
    finally:
        database.close()


def read_bundle(bundle):
    entries = []
    while bundle:
        length = struct.unpack(">H", bundle[:2])[0]
        assert len(bundle) >= 2 + length
        entries.append(bundle[2:2 + length])
        bundle = bundle[2 + length:]
    return entries


def read_folder(path):
    def content(*names):
        name = os.path.join(path, *names)
        return open(name, "rb").read() if os.path.exists(name) else None

    start, before, books, rows, faults = 0, b"", [], [], []
    years = sorted(name for name in os.listdir(path) if name.isdigit())
    for year in years:
        note = content(year, "checkpoint")
        head = note and readable(parse, note)
        if not head:
            faults.append(Fault("removed" if note is None else "signature", None, f"{year}/checkpoint is missing, or is none"))
            continue
        tiles, entries, level = {}, [], 0
        while level == 0 or head.size >> 8 * level:
            hashes = head.size >> 8 * level
            for number in range((hashes + 255) >> 8):
                tile = content(year, tile_name(level, number, min(256, hashes - (number << 8))))
                if tile is not None:
                    tiles[level, number] = tile
            level += 1
        for number in range((head.size + 255) >> 8):
            width = min(256, head.size - (number << 8))
            name = tile_name("entries", number, width)
            bundle = content(year, name)
            read = [] if bundle is None else readable(read_bundle, bundle)
            if read is None:
                faults.append(Fault("malformed", None, f"{year}/{name} cannot be read"))
            entries += read or [None] * width
        # The first entry of a bundle that expired is known all the same: it is the last checkpoint of the year before.
        opening = (entries.pop(0) or before) if start else b""
        here = [(start + i, entry) for i, entry in enumerate(entries) if entry is not None]
        books.append(Book(int(year), start, opening, [(head.size, note)], tiles, here))
        start, before, rows = start + len(entries), note, rows + here
    names = sorted(os.listdir(os.path.join(path, "expired")), key=int) if os.path.isdir(os.path.join(path, "expired")) else []
    return Log(books, rows, [content("expired", name) for name in names], [], [book.year for book in books], faults)


def check_tiles(book, leaves):
    """The tiles that follow from the leaves, against those that are stored."""
    level, hashes = 0, leaves
    while level == 0 or hashes:
        for number in range((len(hashes) + 255) >> 8):
            part = hashes[number << 8:(number + 1) << 8]
            stored = book.tiles.get((level, number))
            if stored is None or not stored.startswith(b"".join(part)):
                kind = "removed" if stored is None else "changed"
                yield Fault(kind, None, f"{tile_name(level, number, len(part))} of {book.year} is not what the signed tree has there")
        hashes = [root(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1


def first_difference(book, leaves, end, found, counts):
    """Where the entries are not those that were signed, and of which kind that is: whether what was signed there is nowhere
    in the log any more, and whether what stands there was never signed."""
    offset, signed, last = 1 if book.opening else 0, collections.Counter(leaves), max(found, default=-1)
    if offset and leaf(book.opening) != leaves[0]:
        return Fault("changed", book.start, "the opening checkpoint is not the one that was signed")
    for place, hash in enumerate(leaves[offset:], book.start):
        there = found.get(place)
        if place < end or there == hash:
            continue
        lost, alien = counts[hash] < signed[hash], there is not None and counts[there] > signed[there]
        if lost:
            kind = "changed" if alien else "truncated" if place > last else "removed"
        else:
            kind = "inserted" if alien else "reordered"
        return Fault(kind, place, "the entry is not the one that was signed for this place")


def unproved(book, own, size, good, offset):
    """Tiles are missing, and the hashes of their entries do not lead to the root: which tile it is, those above tell."""
    suspects, all = [], []
    for number in range((size + 255) >> 8):
        width, above = min(256, size - (number << 8)), book.tiles.get((1, number >> 8), b"")
        if (number << 8) + width <= good or len(book.tiles.get((0, number), b"")) >= 32 * width:
            continue
        part, at = own[number << 8:(number << 8) + width], 32 * (number & 255)
        if None in part:
            place = book.start + (number << 8) + part.index(None) - offset
            return Fault("removed", place, "the entry is missing, and the tile that tells of it")
        all.append(number)
        if width < 256 or above[at:at + 32] != root(part):
            suspects.append(number)
    first = max(((suspects or all or [0])[0]) << 8, good, offset)
    return Fault("changed", book.start + first - offset, "an entry here is not the one that was signed, and the tile that tells which is missing")


def check_book(book, keys, kept, end, found, counts):
    """Everything that the checkpoints, tiles and entries of a book say by themselves."""
    faults, notes = [], []
    for size, text in book.notes:
        note = readable(parse, text)
        if note is None or note.size != size or not note.origin.endswith(f"/{book.year}") or not is_rightly_signed(note, keys):
            faults.append(Fault("signature", None, f"a checkpoint of {size} leaves is not signed by the log's key"))
        if note is not None:
            notes.append(note)
    offset = 1 if book.opening else 0
    if not book.notes and (0, 0) in book.tiles:
        faults.append(Fault("rolledBack", book.start, "the checkpoints of the book are missing"))
    if not book.notes or not notes or notes[-1].size != book.notes[-1][0]:
        return faults
    size, head = notes[-1].size, notes[-1]
    if any(level == 0 and (number << 8) + len(hashes) // 32 > size for (level, number), hashes in book.tiles.items()):
        faults.append(Fault("rolledBack", book.start + size - offset, "tiles go on after the newest checkpoint"))
    # Of the levels above, what the size has: verification compares level 0 with the signed tree.
    faults += [Fault("inserted", None, f"tile {number} of level {level} of {book.year}: no signed tree has it") for level, number in book.tiles
               if not 0 <= level <= 7 or number < 0 or level > 0 and number << 8 >= size >> 8 * level]
    most = max([size] + [(number << 8) + len(hashes) // 32 for (level, number), hashes in book.tiles.items() if level == 0])
    for (level, number), hashes in book.tiles.items():
        due = min(256, (most >> 8 * level) - (number << 8)) if 0 <= level <= 7 and number >= 0 else -1
        if (due > 0 or due == level == 0) and (len(hashes) > 32 * due or not hashes):
            faults.append(Fault("changed", None, f"tile {number} of level {level} of {book.year} holds more than the hashes that the tree has there"))
    own = ([leaf(book.opening)] if offset else []) + [found.get(book.start + i) for i in range(size - offset)]
    leaves, gaps = [], []
    for number in range((size + 255) >> 8):
        width, stored = min(256, size - (number << 8)), book.tiles.get((0, number))
        if stored is None or len(stored) < 32 * width:
            gaps.append(Fault("removed" if stored is None else "changed", None, f"{tile_name(0, number, width)} of {book.year} is missing"))
            leaves += own[number << 8:(number << 8) + width]
        else:
            leaves += [stored[i:i + 32] for i in range(0, 32 * width, 32)]
    # The hashes of what expired are taken as they are stored: they must lead to the root.
    own = [leaves[i] if offset <= i < end - book.start + offset else hash for i, hash in enumerate(own)]
    prefix = own[:own.index(None)] if None in own else own
    known = [note for note in notes + kept if is_rightly_signed(note, keys) and note.origin == head.origin and 0 < note.size <= size]
    reached = roots(prefix, {note.size for note in known} | {size})
    if reached.get(size) == head.root:
        other = [note for note in known if reached[note.size] != note.root]
        faults += [Fault("forked", None, f"a signed checkpoint of {note.size} leaves is of another tree") for note in other]
        return faults + list(check_tiles(book, own))
    if None not in leaves and root(leaves) == head.root:
        return faults + [*filter(None, [first_difference(book, leaves, end, found, counts)])] + gaps
    good = max([note.size for note in known if reached.get(note.size) == note.root], default=0)
    first = next((i for i in range(max(good, offset), size) if own[i] != leaves[i]), None)
    if first is None and gaps:
        return faults + [unproved(book, own, size, max(good, end - book.start + offset), offset)] + gaps
    if first is not None or not gaps:
        place = book.start + max(good if first is None else first, offset) - offset
        faults.append(Fault("changed", max(place, min(end, book.start + size - offset - 1)), "the leaf hashes do not have the signed root either"))
    return faults + gaps


def headers(rows, is_whole, ahead, now):
    """Numbers of emitters without gaps (from 1 on, where nothing expired), time that does not go back by more than a minute, nor ahead."""
    following, newest, recent, late = {}, {}, collections.OrderedDict(), None
    for position, data in rows:
        if len(data) < 132 or data[0] != 1 or not TIMES[0] <= struct.unpack(">q", data[17:25])[0] < TIMES[1]:
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
        if data[29] == 8 and data[80:112] == CLOCK:  # somebody accepted that the clock was ahead: times count from here on
            # What earlier ones took back to a later time went as far back as this.
            ahead[:] = [(min(low, time), high) for low, high in ahead] + [(time, max(newest.values(), default=time))]
            newest = {outbox: min(time, value) for outbox, value in newest.items()}
            late = late if now is not None and time > now * 1_000_000 + SKEW else None
        if now is not None and time > now * 1_000_000 + SKEW and late is None:
            late = position
        kind = emitter == b"\0\0\0\0\0\0\0\1"
        if time < newest.get(kind, time) - 60_000_000:
            yield Fault("clock", position, "its time is before that of earlier entries")
        newest[kind] = max(time, newest.get(kind, time))
    if late is not None:
        yield Fault("clock", late, "dated later than it is now")


def read_loss(text):
    heading, first, note = text.split(b"\n", 2)
    assert heading == b"ward-loss/v1"
    return int(first), parse(note)


def losses(log, keys):
    """Signed entries that somebody accepted as lost: the note of each, and the entry (kind 81, outcome 12) with its SHA-256."""
    for text in log.losses:
        first, note = readable(read_loss, text) or (None, None)
        if note is None or not any(is_signed(note, key.public) for key in keys):
            yield Fault("signature" if note else "malformed", None, "what tells of lost entries is not signed by the log's key, or cannot be read")
        else:
            yield Fault("lost", None, f"signed entries from number {first} on, up to the checkpoint of {note.size} leaves")
    known = {hashlib.sha256(text).digest() for text in log.losses}
    for position, data in log.rows:
        if len(data) >= 132 and data[0] == 1 and data[29] == 81 and data[31] == 12 and data[80:112] not in known:
            yield Fault("lost", None, f"signed entries before entry {position}; the note that tells which is missing")


def contradiction(rows, vouched, books):
    """That a witness contradicted the log (an event of kind 7, outcome 12), and neither vouched for it in a later entry (kind 7,
    outcome 0) nor by a checkpoint that it cosigned, whose tree holds that entry."""
    since = None
    for position, data in rows:
        if len(data) >= 132 and data[0] == 1 and data[29] == 7:
            since = (position if since is None else since) if data[31] == 12 else None if data[31] == 0 else since
    if since is None or any(book.start + note.size - (1 if book.opening else 0) > since
                            for note in vouched for book in books if note.origin.endswith(f"/{book.year}")):
        return []
    return [Fault("rolledBack", None, f"the witness contradicted the log when entry {since} was written, and has not vouched for it since")]


def taken_aside(log):
    """Rows that stood in the log and were none of it: entries (kind 8) tell of all that went at once, by the SHA-256 of a heading and of
    each row its position, length and bytes, or, written by an earlier version, of the bytes alone."""
    told = {data[80:112] for _, data in log.rows if len(data) >= 132 and data[0] == 1 and data[29] == 8}
    pending, older = b"ward-aside/v2\n", b""
    begun = pending
    for row in log.aside:
        pending, older = pending + struct.pack(">qq", row.position, len(row.bytes)) + row.bytes, older + row.bytes
        if {hashlib.sha256(pending).digest(), hashlib.sha256(older).digest()} & told:
            pending, older = begun, b""
    if pending != begun or [row.number for row in log.aside] != list(range(1, len(log.aside) + 1)):
        yield Fault("inserted", None, "rows lie among those that were taken aside of which no entry tells, or were changed there")


def check_cursor(log, is_whole):
    """The cursor of the outbox names the newest entry of emitter 1; one that was taken aside may have moved it."""
    def came(data): return len(data) >= 132 and data[0] == 1 and data[64:72] == b"\0\0\0\0\0\0\0\1"
    def place(data): return struct.unpack(">Q", data[72:80])[0], data[1:17]
    newest = next((place(data) for _, data in reversed(log.rows) if came(data)), None)
    known = {newest or (0, b"")} | {place(row.bytes) for row in log.aside if came(row.bytes)}
    if log.cursor is not None and tuple(log.cursor) not in known and (newest or is_whole):
        yield Fault("changed", None, f"the cursor of the outbox names number {log.cursor[0]}, and the newest entry that came from there is another")


def check_kept(kept, books, keys):
    """What was kept of the log elsewhere: the anchor, a witness's checkpoint."""
    for note in kept:
        if note is None:
            yield Fault("changed", None, "a checkpoint from outside cannot be read")
        elif not is_rightly_signed(note, keys):
            yield Fault("signature", None, "a checkpoint from outside is not signed by the log's key")
        else:
            book = next((book for book in books if note.origin.endswith(f"/{book.year}")), None)
            if book is None:
                yield Fault("rolledBack", None, "the log has no book for the year of what was kept")
            elif note.size > (size := book.notes[-1][0] if book.notes else 0):
                place = book.start + max(0, size - (1 if book.opening else 0))
                yield Fault("rolledBack", place, f"the log is older than what was kept: {note.size - size} signed entries are missing")


def verify(path, public, kept=(), witness=None, now=None):
    """Faults, the first wrong entry first. `kept` are checkpoints from outside: the anchor, a witness's, whose key is `witness`. Nothing
    may be dated later than `now`, in seconds since 1970."""
    try:
        log = (read_folder if os.path.isdir(path) else read_database)(path)
    except (sqlite3.Error, OSError) as error:
        return [Fault("malformed", None, f"the log cannot be read: {error}")]
    try:
        keys, handovers = succession(public, path)
    except (*UNREADABLE, OSError) as error:
        # What another key signed is then not signed by the log's.
        log.faults.append(Fault("signature", None, f"the handovers of the log's key do not hold: {error}"))
        keys, handovers = [Key(public, (0, 0), END, 0, 1 << 62)], []
    faults, books = list(log.faults), log.books
    faults += [Fault("removed", None, f"the book of {year} is missing") for year in log.years if all(book.year != year for book in books)]
    if not log.rows and not books and not log.years and not faults:
        faults.append(Fault("truncated", 0, "the log holds no entry, and every log begins with one"))
    if log.rows and log.rows[0][0] < 0:
        faults.append(Fault("inserted", log.rows[0][0], "rows stand before the first entry"))
    kept = [readable(parse, note) for note in kept] + handovers
    faults += check_kept(kept, books, keys)
    heads = [readable(parse, book.notes[-1][1]) if book.notes else None for book in books]
    end, wrong = expired(log.tombstones, keys, [head.origin for head in heads if head])
    faults += wrong
    found = {position: leaf(data) for position, data in log.rows}
    counts = collections.Counter(found.values())
    for index, book in enumerate(books):
        before = books[index - 1] if index else None
        if before is None and (book.start or book.opening):
            faults.append(Fault("removed", 0, "the books before this one are missing"))
        if before is not None and (not before.notes or before.notes[-1][1] != book.opening
                                   or book.start != before.start + before.notes[-1][0] - (1 if before.opening else 0)):
            faults.append(Fault("changed", book.start, "the book does not open with the last checkpoint of the one before"))
        if book.rows and book.rows[0][0] < end:
            faults.append(Fault("inserted", book.rows[0][0], "entries stand where a tombstone is"))
        faults += check_book(book, keys, [note for note in kept if note], end, found, counts)
    first = min([fault.entry for fault in faults if fault.entry is not None], default=1 << 62)
    ahead = []
    faults += [fault for fault in headers(log.rows, end == 0, ahead, now) if fault.entry < first]
    faults += dated_ahead(log.tombstones, ahead, now)
    faults += losses(log, keys)
    vouched = [note for note in kept if note and witness and is_signed(note, witness[2], witness[1], witness[0])]
    faults += contradiction(log.rows, vouched, books)
    if end == 0:
        faults += taken_aside(log)
    if all(fault.kind == "lost" for fault in faults):
        faults += check_cursor(log, end == 0)
    return sorted(faults, key=lambda fault: (1 << 62 if fault.entry is None else fault.entry, fault.kind))


def main(path, text, *names):
    verifier = readable(key, text)
    if verifier is None:
        return "the verifier key cannot be read: it is NAME+ID+BASE64, as `ward audit proof --output json` prints it"
    witness = next((found for found in (readable(key, name) for name in names) if found and found[1] == 4), None)
    try:
        kept = [open(name, "rb").read() for name in names if readable(key, name) is None]
    except OSError as error:
        return f"a kept checkpoint cannot be read: {error}"
    found = verify(path, verifier[2], kept, witness, time.time())
    for fault in found:
        print(f"{fault.kind}: {'log' if fault.entry is None else f'entry {fault.entry}'}: {fault.what}")
    return 1 if found else 0


if __name__ == "__main__":
    ended = main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__
    if isinstance(ended, str):
        print(ended, file=sys.stderr)
    sys.exit(2 if isinstance(ended, str) else ended)
