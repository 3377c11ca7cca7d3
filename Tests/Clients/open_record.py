"""Opens sealed records of a home with nothing but its files and its passphrase, after docs/safeguards/encryption.md.

    open_record.py HOME PASSPHRASE-FILE Type/id     prints every version, oldest first, one JSON document a line

It shares no code with Ward: what the document says is what this does.
"""
import base64, hashlib, hmac, json, os, sqlite3, struct, sys, uuid
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

DICTIONARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/safeguards/dictionary-1.txt")


def lp(value):
    """A length of two bytes, big endian, and the bytes."""
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def u8(n): return struct.pack(">B", n)
def u32(n): return struct.pack(">I", n)
def u64(n): return struct.pack(">Q", n & (1 << 64) - 1)


def hkdf(key, info):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


def unwrap(wrapped, key, aad):
    """nonce (12) ‖ ciphertext ‖ tag (16), AES-256-GCM."""
    return AESGCM(key).decrypt(wrapped[:12], wrapped[12:], aad)


def committed(key, commitment):
    """GCM does not commit to its key; this does."""
    if not hmac.compare_digest(hkdf(key, b"commit"), commitment):
        raise ValueError("a key is not the one committed to")
    return key


def document(path, form, expected="1"):
    """One line `FORMAT VERSION SHA-256`, then JSON that the digest covers."""
    with open(path, "rb") as f:
        head, body = f.read().split(b"\n", 1)
    name, version, digest = head.decode().split(" ")
    if (name, version, digest) != (form, expected, hashlib.sha256(body).hexdigest()):
        raise ValueError(f"{path} is not a whole {form} {expected}")
    return json.loads(body)


def roots(folder, passphrase):
    """The root keys of a file keyring, by version."""
    file = document(folder + "/root.key", "ward-root")
    salt, cost = base64.b64decode(file["salt"]), file["scrypt"]
    key = Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(passphrase)
    opened = {}
    for root in file["roots"]:
        aad = (b"root/v1" + lp(file["id"]) + u64(cost["n"]) + u32(cost["r"]) + u32(cost["p"]) + lp(salt)
               + u32(root["version"]) + u64(root["createdAt"]))
        opened[root["version"]] = unwrap(base64.b64decode(root["sealed"]), key, aad)
    return opened


def wrap_keys(folder, passphrase):
    """For each tenant and version, the key that wraps data keys."""
    root = roots(folder, passphrase)
    file = document(folder + "/keyring.key", "ward-keyring", "2")
    keys = {}
    for tenant in file["tenants"]:
        number = u32(tenant["tenant"])
        for kek in tenant["keks"]:
            context = b"ctx/v1" + lp(file["application"]) + lp(number) + lp("kek") + u32(kek["version"])
            key = unwrap(base64.b64decode(kek["wrapped"]), root[kek["rootVersion"]], context)
            committed(key, base64.b64decode(kek["commitment"]))
            keys[tenant["tenant"], kek["version"]] = hkdf(key, b"ward/v1" + lp(number) + lp("wrap"))
    return keys


def index_key(folder, passphrase, tenant=1):
    """The newest index key of a tenant, with its epoch and its number of partitions."""
    root = roots(folder, passphrase)
    file = document(folder + "/keyring.key", "ward-keyring", "2")
    held = next(t for t in file["tenants"] if t["tenant"] == tenant)
    index, number = held["indexes"][-1], u32(tenant)
    kek = next(k for k in held["keks"] if k["version"] == index["kekVersion"])
    context = b"ctx/v1" + lp(file["application"]) + lp(number) + lp("kek") + u32(kek["version"])
    opened = unwrap(base64.b64decode(kek["wrapped"]), root[kek["rootVersion"]], context)
    wrapping = hkdf(opened, b"ward/v1" + lp(number) + lp("index"))
    aad = b"ik/v1" + lp(number) + u32(index["epoch"]) + u8(index["partitions"])
    if index.get("policy") is not None:
        aad += lp(index["policy"].encode())
    key = committed(unwrap(base64.b64decode(index["wrapped"]), wrapping, aad), base64.b64decode(index["commitment"]))
    return {"key": key, "epoch": index["epoch"], "partitions": index["partitions"]}


def token(index, type, parameter, kind, partition, value):
    """A population token: the first eight bytes of the HMAC, as a signed integer."""
    info = b"bidx/v1" + lp(u32(index["epoch"])) + lp(type) + lp(parameter) + lp(u8(kind))
    code = hmac.new(hkdf(index["key"], info), lp(u8(partition)) + lp(value), hashlib.sha256).digest()
    return struct.unpack(">q", code[:8])[0]


def data_key(folder, wraps, tenant, patient, version):
    database = sqlite3.connect(f"file:{folder}/keys.db?mode=ro", uri=True)
    kek, wrapped, commitment = database.execute(
        "SELECT kek_version, wrapped, commitment FROM wrapped_key WHERE tenant = ? AND patient = ? AND version = ?",
        (tenant, patient, version)).fetchone()
    database.close()
    purpose = "patient" if patient else "shared"
    aad = b"dek/v1" + lp(u32(tenant)) + lp(patient) + u32(version) + lp(purpose)
    return committed(unwrap(wrapped, wraps[tenant, kek], aad), commitment)


def xaes_key(key, nonce):
    """The message key of XAES-256-GCM from the first twelve bytes of the nonce (C2SP)."""
    block = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update
    subkey = int.from_bytes(block(bytes(16)), "big")
    subkey = (subkey << 1 & (1 << 128) - 1) ^ (0x87 if subkey >> 127 else 0)
    message = b""
    for counter in (1, 2):
        plain = struct.pack(">H", counter) + b"X\0" + nonce
        message += block((int.from_bytes(plain, "big") ^ subkey).to_bytes(16, "big"))
    return message


def open_sealed(sealed, key, header, label=b"res/v1"):
    """format (1) ‖ algorithm (1) ‖ u32 key version ‖ nonce ‖ ciphertext ‖ tag."""
    form, algorithm, version = struct.unpack(">BBI", sealed[:6])
    aad = label + header + u32(version) + u8(algorithm) + u8(form - 1)
    rest = sealed[6:]
    if algorithm == 2:
        key, rest = xaes_key(key, rest[:12]), rest[12:]
    content = AESGCM(key).decrypt(rest[:12], rest[12:], aad)
    if form == 2:
        content = zstd(content)
    if form == 3:
        with open(DICTIONARY, "rb") as f:
            content = zstd(content, f.read())
    return content


def zstd(frame, dictionary=b""):
    """A Zstandard frame (RFC 8878), by the library that Debian ships."""
    import ctypes, ctypes.util
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    library.ZSTD_createDCtx.restype = ctypes.c_void_p
    library.ZSTD_decompress_usingDict.restype = ctypes.c_size_t
    size = library.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    target = ctypes.create_string_buffer(size or 1)
    context = ctypes.c_void_p(library.ZSTD_createDCtx())
    written = library.ZSTD_decompress_usingDict(
        context, target, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)), dictionary, ctypes.c_size_t(len(dictionary)))
    library.ZSTD_freeDCtx(context)
    if written != size:
        raise ValueError("not a whole Zstandard frame")
    return target.raw[:size]


def stored(id):
    """Ids are kept as sixteen bytes where they are UUIDs, as text otherwise."""
    try:
        return uuid.UUID(id).bytes if str(uuid.UUID(id)) == id else id
    except ValueError:
        return id


def versions(home, passphrase, type, id, folder=None):
    """Every version of a record in the clear, oldest first; empty bytes for a deletion."""
    folder = folder or home + "/keys"
    wraps = wrap_keys(folder, passphrase)
    database = sqlite3.connect(f"file:{home}/data/records.db?mode=ro", uri=True)
    rows = database.execute(
        """SELECT tenant, patient, version, updated_at, deleted, key_version, sealed, digest FROM record
           WHERE type = (SELECT number FROM record_type WHERE name = ?) AND id = ? ORDER BY version""",
        (type, stored(id))).fetchall()
    database.close()
    opened = []
    for tenant, patient, version, updated_at, deleted, key_version, sealed, digest in rows:
        patient = str(uuid.UUID(bytes=patient)) if isinstance(patient, bytes) else patient
        if hashlib.sha256(sealed).digest() != digest:
            raise ValueError("the digest beside the record is not that of its bytes")
        header = (lp(u32(tenant)) + lp(patient or "") + lp(type) + lp(id) + u64(version) + u64(updated_at) + u8(deleted))
        opened.append(open_sealed(sealed, data_key(folder, wraps, tenant, patient or "", key_version), header))
    return opened


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as f:
        secret = f.read().rstrip(b"\r\n")
    for content in versions(sys.argv[1], secret, *sys.argv[3].split("/")):
        print(content.decode())
