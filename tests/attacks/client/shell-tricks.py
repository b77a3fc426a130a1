"""What someone with a shell as the serving account can write into a repository by hand: segments, an index, hints.

usage: shell-tricks.py REPOSITORY COMMAND     runs as that account; needs neither key nor passphrase

  deletes | junk | old-manifest | bad-crc | framing | sparse      a new transaction behind the last one
  digits | zeros                                                  the same under a number in other digits
  empty-index | wrong-index | lying-index | hints                 what borg's compaction believes
"""
import os, struct, sys, zlib

repository, command = sys.argv[1], sys.argv[2]
MAGIC, MANIFEST = b"BORG_SEG", bytes(32)
PUT, DELETE, COMMIT = 0, 1, 2


def entry(tag, key=b"", data=b"", size=None, crc=None):
    body = struct.pack("<IB", 9 + len(key) + len(data) if size is None else size, tag) + key + data
    return struct.pack("<I", zlib.crc32(body) if crc is None else crc) + body


def segments():
    found = {}
    for folder, _, names in os.walk(os.path.join(repository, "data")):
        for name in names:
            if name.isascii() and name.isdigit():
                found[int(name)] = os.path.join(folder, name)
    return dict(sorted(found.items()))


def puts():
    """Every PUT as (key, segment, offset, whole entry), in order."""
    for number, path in segments().items():
        with open(path, "rb") as file:
            data = file.read()
        at = len(MAGIC)
        while at + 9 <= len(data):
            size, tag = struct.unpack_from("<IB", data, at + 4)
            if size < 9:
                break
            if tag == PUT:
                yield data[at + 9 : at + 41], number, at, data[at : at + size]
            at += size


def write(number, content, name=None):
    folder = os.path.join(repository, "data", str(number // 1000))
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name or str(number)), "xb") as file:
        file.write(MAGIC + content)


def transaction(content, names=(None, None)):
    last = max(segments())
    write(last + 1, content, names[0] and names[0](last + 1))
    write(last + 2, entry(COMMIT), names[1] and names[1](last + 2))
    forget_index()


def forget_index():
    for name in os.listdir(repository):
        if name.split(".")[0] in ("index", "hints", "integrity"):
            os.unlink(os.path.join(repository, name))


def deletes():
    return b"".join(entry(DELETE, key) for key in dict.fromkeys(key for key, *_ in puts()))


def write_index(kind):
    from borg.hashindex import NSIndex

    last, index = max(segments()), NSIndex()
    lists = [number for key, number, _, _ in puts() if key == MANIFEST]
    for key, number, offset, _ in puts():
        if kind == "lying-index" and key == MANIFEST and number == lists[-1]:
            continue
        if kind != "empty-index":
            index[key] = (number, offset if kind != "wrong-index" or key == MANIFEST else offset + 1)
    forget_index()
    index.write(os.path.join(repository, "index.%d" % last))


def write_hints():
    import msgpack

    last = max(segments())
    manifest = [number for key, number, _, _ in puts() if key == MANIFEST][-1]
    write_index("wrong-index")
    hints = {
        "version": 2,
        # What borg counts while it compacts has to come out right: the list of archives is all that is in use.
        "segments": {number: int(number == manifest) for number in segments()},
        "compact": {number: os.path.getsize(path) for number, path in segments().items()},
        "storage_quota_use": 0,
        "shadow_index": {},
    }
    with open(os.path.join(repository, "hints.%d" % last), "wb") as file:
        file.write(msgpack.packb(hints, use_bin_type=False))


def main():
    arabic = lambda number: "".join(chr(0x660 + int(digit)) for digit in str(number))
    if command == "deletes":
        transaction(deletes())
    elif command == "junk":
        transaction(b"".join(entry(PUT, key, b"junk") for key, *_ in list(puts())[:4]))
    elif command == "old-manifest":
        old = [whole for key, _, _, whole in puts() if key == MANIFEST][0]
        transaction(entry(DELETE, MANIFEST) + old)
    elif command == "bad-crc":
        transaction(entry(PUT, os.urandom(32), b"x" * 100, crc=1) + entry(DELETE, MANIFEST, crc=2))
    elif command == "framing":
        transaction(entry(PUT, os.urandom(32), b"x" * 100, size=0xFFFFFFF0))
    elif command == "sparse":
        transaction(entry(PUT, os.urandom(32), b"x" * 100))
        os.truncate(segments()[max(segments()) - 1], 40 * 10**9)
    elif command == "digits":
        transaction(deletes(), (arabic, arabic))
    elif command == "zeros":
        transaction(deletes(), (lambda number: "000%d" % number, lambda number: "000%d" % number))
    elif command == "hints":
        write_hints()
    elif command.endswith("-index"):
        write_index(command)
    else:
        raise SystemExit("no such command: " + command)


main()
