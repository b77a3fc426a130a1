import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readKeyFile, readRepositoryKey } from "../key-export";
import { ID_BYTES } from "../segment";
import { readArchiveRecord } from "./archive-record";
import { ItemFields } from "./item-fields";
import { ItemReader } from "./item-reader";
import { NotUnderstood } from "./not-understood";
import { keyPlaceOf, objectOpener } from "./open-object";
import { openRepositoryKey, type RepositoryKey } from "./repository-key";
import { StoredObjects } from "./stored-objects";

export interface ArchiveToRead {
  repositoryPath: string;
  /** borg's id of the archive, in hex: the hash of its own object. */
  archiveId: string;
  passphrase: string;
  /** The text of borg's key file; null where the repository keeps its key itself, or has none. */
  keyFile: string | null;
}

/** Bytes handed on at once. */
const AT_ONCE = 256 * 1024;

/**
 * Reads the items of an archive out of a repository's files, without borg, and hands them on as item-fields.ts writes them. Of every object
 * checksum, authentication and id are checked, from the archive's own id down, so nothing comes out that was not stored under that id.
 * Throws NotUnderstood for everything that borg 1.2 and 1.4 do not write; what was handed on before is then worth nothing.
 * The manifest is not read: whoever asks knows the archive's id from borg.
 */
export async function readArchive(archive: ArchiveToRead, take: (piece: Buffer) => void): Promise<number> {
  const id = Buffer.from(archive.archiveId, "hex");
  if (id.length !== ID_BYTES) throw new NotUnderstood("that is no id of an archive");
  const objects = new StoredObjects(archive.repositoryPath);
  try {
    const record = Buffer.from(objects.read(id));
    const kind = record[0] ?? -1;
    const key = keyOf(archive, kind);
    const open = await objectOpener(kind, key);
    const chunks = readArchiveRecord(open(id, record), key);
    const fields = new ItemFields();
    const items = new ItemReader(fields);
    for (const chunk of chunks) {
      items.push(open(chunk, objects.read(chunk)));
      if (fields.length >= AT_ONCE) take(fields.take());
    }
    items.end();
    take(fields.take());
    return items.items;
  } finally {
    objects.close();
  }
}

/** Opens the key where this kind of encryption keeps it. A repository that has a key reads nothing that needs none. */
function keyOf({ repositoryPath, passphrase, keyFile }: ArchiveToRead, kind: number): RepositoryKey | null {
  const own = readRepositoryKey(readFileSync(join(repositoryPath, "config"), "latin1"));
  const place = keyPlaceOf(kind);
  if (place === "none") {
    if (own !== null || keyFile !== null)
      throw new NotUnderstood("the archive is not encrypted, but the repository has a key");
    return null;
  }
  const stored = place === "repository" ? own : readKeyFile(keyFile ?? "");
  if (stored === null) throw new NotUnderstood("the repository's key is not here");
  return openRepositoryKey(stored, passphrase);
}
