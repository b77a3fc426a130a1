"""A changed borg: what someone with the passphrase and the SSH key can write that no borg command would. Uses borg's own modules.

usage: hostile.py COMMAND [WORD...]     BORG_REPO, BORG_RSH, BORG_PASSPHRASE, BORG_BASE_DIR as for borg; prints one JSON document.

  drop-all | drop NAME | swap A B | redate NAME TIME | repoint NAME ID | replace NAME
  rename-only OLD NEW          the same archive object under another name in the manifest
  feature | far-future | redate-list TIME | garbage-manifest | no-archives-key
  junk-names TIME NAME...      the same under these names
  junk COUNT PREFIX TIME       archives a minute apart, that share their items with an existing one
  chunk ID                     validly encrypted other bytes under a stored id
  encrypt TEXT                 an object as the key would make it: {id, data} in hex, nothing is sent
  manifest-bytes MODE          the manifest of one of the modes above, as hex; nothing is written
"""
import argparse, json, os, sys
from datetime import datetime, timedelta

for name in ("BORG_RELOCATED_REPO_ACCESS_IS_OK", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"):
    os.environ[name] = "yes"
os.environ["BORG_DISPLAY_PASSPHRASE"] = "no"

from borg.archive import Archive
from borg.helpers import Location, Manifest
from borg.helpers import msgpack
from borg.helpers.datastruct import StableDict
from borg.logger import setup_logging
from borg.remote import RemoteRepository

MANIFEST = bytes(32)


def connect():
    given = argparse.Namespace(rsh=None, remote_path=None, debug_topics=[], upload_ratelimit=0, upload_buffer=0, storage_quota=None)
    return RemoteRepository(Location(os.environ["BORG_REPO"]), exclusive=True, lock_wait=20, args=given)


def put_metadata(repository, key, manifest, source, name, time):
    """A new archive object with the items of another one."""
    archive = Archive(repository, key, manifest, source)
    fields = {k: v for k, v in archive.metadata.as_dict().items() if k not in (b"tam", "tam")}
    text = lambda k: k if k in fields else k.encode()
    fields[text("name")], fields[text("time")] = name, time
    if text("time_end") in fields:
        fields[text("time_end")] = time
    data = key.pack_and_authenticate_metadata(fields, context=b"archive")
    id = key.id_hash(data)
    repository.put(id, key.encrypt(data), wait=True)
    return id


def add_junk(repository, key, manifest, source, names, begin):
    for minute, name in enumerate(names):
        time = (datetime.fromisoformat(begin) + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        manifest.archives[name] = (put_metadata(repository, key, manifest, source, name, time), time)


def change(mode, words, repository, key, manifest):
    archives = manifest.archives
    first = archives.list(sort_by=["ts"])[0]
    if mode == "drop-all":
        for info in archives.list():
            del archives[info.name]
    elif mode == "drop":
        del archives[words[0]]
    elif mode == "swap":
        one, two = archives[words[0]], archives[words[1]]
        archives[words[0]], archives[words[1]] = (two.id, two.ts), (one.id, one.ts)
    elif mode == "redate":
        archives[words[0]] = (archives[words[0]].id, words[1])
    elif mode == "repoint":
        archives[words[0]] = (bytes.fromhex(words[1]), archives[words[0]].ts)
    elif mode == "replace":
        other = [info for info in archives.list() if info.name != words[0]][0]
        time = archives[words[0]].ts.strftime("%Y-%m-%dT%H:%M:%S.%f")
        archives[words[0]] = (put_metadata(repository, key, manifest, other.name, words[0], time), time)
    elif mode == "rename-only":
        archives[words[1]] = (archives[words[0]].id, archives[words[0]].ts)
        del archives[words[0]]
    elif mode == "feature":
        manifest.config[b"feature_flags"] = {b"read": {b"mandatory": [b"of-the-attacker"]}}
    elif mode == "far-future":
        manifest.timestamp = "9999-12-31T23:59:59.999998"
    elif mode == "redate-list":
        manifest.timestamp = words[0]
    elif mode == "junk":
        names = [words[1].replace("%d", str(number)) for number in range(int(words[0]))]
        add_junk(repository, key, manifest, first.name, names, words[2])
    elif mode == "junk-names":
        add_junk(repository, key, manifest, first.name, words[1:], words[0])
    elif mode not in ("garbage-manifest", "no-archives-key"):
        raise SystemExit("no such mode: " + mode)


def manifest_object(mode, words, repository, key, manifest):
    """The changed manifest, encrypted as borg would."""
    if mode == "garbage-manifest":
        return key.encrypt(b"\xc1 this is no manifest")
    caught = {}
    change(mode, words, repository, key, manifest)
    if mode == "no-archives-key":
        fields = StableDict(version=1, timestamp="2030-01-01T00:00:00.000000", config=StableDict(), item_keys=())
        return key.encrypt(key.pack_and_authenticate_metadata(fields))
    real = manifest.repository
    manifest.repository = type("Catch", (), {"put": lambda self, id, data: caught.update(data=data)})()
    manifest.write()
    manifest.repository = real
    return caught["data"]


def main():
    command, words = sys.argv[1], sys.argv[2:]
    with connect() as repository:
        manifest, key = Manifest.load(repository, Manifest.NO_OPERATION_CHECK)
        if command == "encrypt":
            data = words[0].encode()
            return {"id": key.id_hash(data).hex(), "data": key.encrypt(data).hex()}
        if command == "manifest-bytes":
            return {"data": manifest_object(words[0], words[1:], repository, key, manifest).hex()}
        if command == "chunk":
            repository.put(bytes.fromhex(words[0]), key.encrypt(b"what the attacker would rather have here"), wait=True)
        else:
            repository.put(MANIFEST, manifest_object(command, words, repository, key, manifest), wait=True)
        repository.commit(compact=False)
        return {"done": command}


setup_logging(level="error")
print(json.dumps(main()))
