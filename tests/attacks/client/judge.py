"""What can still be restored: reads a copy of a repository with borg's own modules and prints one JSON document.

usage: judge.py     for each line {"copy", "compact", "passphrase", "base"} one line back; the copy is thrown away afterwards

Each is read by a child of its own: borg's modules are loaded once.

`compact`: first what `borg compact` of a server does, with whatever index and hints lie there.

Index, hints, integrity and locks of the copy are removed first, so that only the segments themselves count: what an attacker wrote into
an index proves nothing. Every chunk of every archive is decrypted and held against its id, as `borg check --verify-data` does.
"""
import hashlib, json, os, shutil, sys

for name in ("BORG_RELOCATED_REPO_ACCESS_IS_OK", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"):
    os.environ[name] = "yes"

from borg.archive import Archive
from borg.helpers import Manifest
from borg.logger import setup_logging
from borg.repository import Repository


def drop(copy, kinds):
    for name in os.listdir(copy):
        if name.split(".")[0] in kinds:
            path = os.path.join(copy, name)
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)


def compact(copy):
    try:
        with Repository(copy, exclusive=True) as repository:
            repository.get_transaction_id()
            repository.prepare_txn(repository.get_transaction_id())
            repository.commit(compact=True, threshold=0)
    except BaseException:
        pass  # What cannot be compacted is judged as it is.


def judge_archive(repository, key, manifest, info):
    digest, size, problem, objects = hashlib.sha256(), 0, None, []
    try:
        archive = Archive(repository, key, manifest, info.name)
        objects += archive.metadata.items
        for item in archive.iter_items():
            digest.update(repr((item.path, item.mode)).encode())
            for chunk in item.get("chunks") or []:
                objects.append(chunk.id)
                data = key.decrypt(chunk.id, repository.get(chunk.id))
                digest.update(hashlib.sha256(data).digest())
                size += len(data)
    except BaseException as error:
        problem = "%s: %s" % (type(error).__name__, error)
    found = {"id": info.id.hex(), "name": info.name, "bytes": size, "digest": digest.hexdigest(), "problem": problem}
    return {**found, "objects": [id.hex() for id in dict.fromkeys(objects)]}


def judge(copy, is_compacted):
    drop(copy, ("lock",))
    if is_compacted:
        compact(copy)
    drop(copy, ("index", "hints", "integrity", "lock"))
    try:
        with Repository(copy, exclusive=True) as repository:
            manifest, key = Manifest.load(repository, Manifest.NO_OPERATION_CHECK)
            found = manifest.archives.list()
            return {"archives": [judge_archive(repository, key, manifest, info) for info in found], "problem": None}
    except BaseException as error:
        return {"archives": [], "problem": "%s: %s" % (type(error).__name__, error)}


setup_logging(level="critical")
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        os.environ.update(BORG_PASSPHRASE=asked["passphrase"], BORG_BASE_DIR=asked["base"])
        print(json.dumps(judge(asked["copy"], asked["compact"])), flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        print(json.dumps({"archives": [], "problem": "the judge died"}), flush=True)
