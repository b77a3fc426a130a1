"""Lists streams of items as borg does, with borg's own modules: for each stream (u32 length, bytes) on stdin a line of JSON: what `borg list` would
print of it in the format given, or null where borg fails. A stream that ends inside an item: what is whole."""

import json
import struct
import sys

from borg.helpers import ItemFormatter, msgpack
from borg.item import ChunkListEntry, Item


class Archive:
    name = fpr = ""


def listing(stream):
    unpacker = msgpack.Unpacker(use_list=False)
    unpacker.feed(stream)
    lines = []
    for unpacked in unpacker:
        item = Item(internal_dict=unpacked)
        if "chunks" in item:
            item.chunks = [ChunkListEntry(*entry) for entry in item.chunks]
        if "part" in item:
            continue
        lines.append(formatter.format_item(item))
    return "".join(lines)


formatter = ItemFormatter(Archive, sys.argv[1])
data = sys.stdin.buffer.read()
at = 0
while at < len(data):
    (length,) = struct.unpack_from("<I", data, at)
    stream = data[at + 4 : at + 4 + length]
    at += 4 + length
    try:
        print(json.dumps(listing(stream)))
    except Exception:
        print("null")
