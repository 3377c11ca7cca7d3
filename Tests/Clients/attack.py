"""What somebody learns who has a copy of a home without its keys folder: `attack.py DATA-FOLDER` counts, `guess` guesses.

The copy shows, for each current record, its type and its tokens, which are random-looking numbers. The attack is the one that such an index
invites: count how often each token occurs, and match the counts with how often each value is known to occur. It is given more than anyone would
have: the exact frequencies of the values in this very population, and which tokens belong to the field that it attacks.
"""
import collections, random, sqlite3, struct, sys


def tokens(data):
    """For each type, the tokens of each current record by its number."""
    database = sqlite3.connect(f"file:{data}/records.db?mode=ro", uri=True)
    rows = []
    for (tables,) in database.execute("SELECT tables FROM token_epoch ORDER BY epoch").fetchall():
        rows += database.execute(f"""
            SELECT record_type.name, record.sequence, list.tokens FROM record JOIN record_type ON record_type.number = record.type
            JOIN token_list{"_b" if tables else ""} list ON list.record = record.sequence WHERE current = 1 AND deleted = 0""").fetchall()
    database.close()
    found = collections.defaultdict(dict)
    for type, sequence, blob in rows:
        found[type][sequence] = struct.unpack(f"<{len(blob) // 8}q", blob)
    return found


def guess(counts, known, partitions, seed=1):
    """Matches tokens (counted) with values (their known frequencies) by rank; ties are broken by chance. Gives a value for each token."""
    chance = random.Random(seed)
    expected = [(frequency / partitions, chance.random(), value) for value, frequency in known.items() for _ in range(partitions)]
    seen = [(count, chance.random(), token) for token, count in counts.items()]
    return {token: value for (_, _, token), (_, _, value) in zip(sorted(seen, reverse=True), sorted(expected, reverse=True))}


def success(truth, known, partitions, rounds=20):
    """The share of occurrences whose value is guessed right, and the share that always naming the commonest value gets.

    `truth` gives the value behind each token and how often the token occurs.
    """
    counts = {token: count for token, (_, count) in truth.items()}
    total, right = sum(counts.values()), 0
    for seed in range(rounds):
        guessed = guess(counts, known, partitions, seed)
        right += sum(count for token, (value, count) in truth.items() if guessed.get(token) == value)
    return right / rounds / total, max(known.values()) / sum(known.values())


def partitioned(owned, known, partitions, times=200):
    """What the attack gets right when patients fall into partitions by chance, which they do anew in each home: the mean of so many
    chances, the least and the most.

    `owned` gives each patient's values, one for each occurrence.
    """
    rates = []
    for seed in range(times):
        chance, counts = random.Random(seed), collections.Counter()
        for patient in sorted(owned):
            place = chance.randrange(partitions)
            for value in owned[patient]:
                counts[value, place] += 1
        truth = {key: (key[0], count) for key, count in counts.items()}
        rates.append(success(truth, known, partitions, rounds=5)[0])
    return sum(rates) / times, min(rates), max(rates)


if __name__ == "__main__":
    for type, records in sorted(tokens(sys.argv[1]).items()):
        counts = collections.Counter(token for list in records.values() for token in list)
        print(f"{type}: {len(records)} records, {len(counts)} tokens, commonest {[n for _, n in counts.most_common(5)]}")
