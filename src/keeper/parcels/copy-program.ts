/**
 * Copies archives, or some paths of them, from one repository into a new one with another key, item by item with borg's own modules (1.2.4,
 * 1.4.0): nothing is lost, as it would be through `export-tar` (no ACLs, no extended attributes, whole seconds). Python, because borg has no
 * such command in 1.x. Reads JSON on stdin, tells what it made as JSON on stdout, and its failure as borg logs it, on stderr.
 *
 * `leastFreeBytes`: it ends itself before less than that would be left.
 */
export const COPY_PROGRAM = `
import base64, json, os, stat, sys

def fail(error):
    name = getattr(type(error), "__qualname__", "Error")
    say = error.get_message() if hasattr(error, "get_message") else "%s: %s" % (name, error)
    print(json.dumps({"type": "log_message", "levelname": "ERROR", "name": "parcel", "message": say, "msgid": name}), file=sys.stderr)
    sys.exit(2)

try:
    from borg.archive import Archive
    from borg.cache import Cache
    from borg.helpers import Manifest, hardlinkable
    from borg.logger import setup_logging
    from borg.repository import Repository
except ImportError as error:
    fail(error)

asked = json.load(sys.stdin)

def open_repository(given, lock):
    os.environ["BORG_PASSPHRASE"] = given["passphrase"]
    os.environ.pop("BORG_KEY_FILE", None)
    if given.get("keyFile"):
        os.environ["BORG_KEY_FILE"] = given["keyFile"]
    repository = Repository(given["path"], exclusive=lock, lock=lock, lock_wait=10)
    repository.__enter__()
    manifest, key = Manifest.load(repository, Manifest.NO_OPERATION_CHECK)
    return repository, manifest, key

class Full(Exception):
    pass

class Copy:
    def __init__(self, source, target):
        self.source, self.target = source, target
        self.unlooked = 0

    def room(self, more):
        self.unlooked += more
        if self.unlooked < 64 * 1024 * 1024:
            return
        self.unlooked = 0
        left = os.statvfs(asked["target"]["path"])
        if left.f_bavail * left.f_frsize < asked["leastFreeBytes"]:
            raise OSError(28, "No space left on device")

    def chunks(self, archive, into, cache, chunks):
        copied = []
        for data in archive.pipeline.fetch_many([chunk.id for chunk in chunks]):
            self.room(len(data))
            copied.append(cache.add_chunk(self.target[2].id_hash(data), data, into.stats, wait=False))
        return copied

    def archive(self, cache, part):
        archive = Archive(self.source[0], self.source[2], self.source[1], part["name"])
        if archive.fpr != part["borgId"]:
            raise Archive.DoesNotExist(part["name"])
        into = Archive(self.target[0], self.target[2], self.target[1], part["as"], cache=cache, create=True)
        wanted = {base64.b64decode(path) for path in part["paths"]}
        masters, files, size = {}, 0, 0
        for item in archive.iter_items():
            if "part" in item:
                continue
            if wanted and not self.selected(os.fsencode(item.path), wanted):
                if hardlinkable(item.mode) and item.get("hardlink_master", True) and "source" not in item:
                    masters[item.path] = (item.get("chunks"), None)
                continue
            if hardlinkable(item.mode) and item.get("source") in masters:
                chunks, other = masters[item.source]
                if other is None:
                    masters[item.source] = (None, item.path)
                    del item.source
                    item.hardlink_master = True
                    if chunks is not None:
                        item.chunks = chunks
                else:
                    item.source = other
            if "chunks" in item:
                item.chunks = self.chunks(archive, into, cache, item.chunks)
                if "chunks_healthy" in item:
                    # borg warns of such a file when it extracts it; the lost chunks themselves are in no repository.
                    item.chunks_healthy = item.chunks
                size += item.get_size()
            if not stat.S_ISDIR(item.mode):
                files += 1
            into.add_item(item)
        into.save(comment="parcel")
        return {"name": part["as"], "borgId": into.fpr, "files": files, "bytes": size}

    def selected(self, path, wanted):
        while path:
            if path in wanted:
                return True
            path = path.rpartition(b"/")[0]
        return False

try:
    setup_logging(level="warning")
    source = open_repository(asked["source"], False)
    target = open_repository(asked["target"], True)
    copy = Copy(source, target)
    with Cache(target[0], target[2], target[1], lock_wait=10) as cache:
        made = [copy.archive(cache, part) for part in asked["parts"]]
    target[0].__exit__(None, None, None)
    print(json.dumps({"archives": made}))
except Exception as error:
    fail(error)
`;
