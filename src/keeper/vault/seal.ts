import { createHash } from "node:crypto";
import { type Dirent, constants as fs } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Keeper } from "../keeper";
import type { StoragePaths } from "../paths";
import { writeAtomically } from "../write-atomically";
import { compareConfigs, readConfig } from "./compare-sealed";
import { linkSegments } from "./link-segments";
import { readNextConfig } from "./next-config";
import { readSealInForce, type Seal, sealedFile, writeSeal } from "./seal-record";
import type { SegmentFile } from "./segment-files";
import { changeVaultRecord, readVaultRecord, type VaultRecord } from "./vault-record";

type Ids = { clientId: string; repositoryId: string };

/** borg's index of some fifty million objects. Longer ones are the client's nonsense; without a copy borg reads the segments anew. */
const LONGEST_COPY_BYTES = 4 * 1024 ** 3;

export type SealOrder = {
  /** The last committed segment: everything up to it is sealed. */
  transaction: number;
  /** All committed segments, as they were when they were judged. */
  segments: SegmentFile[];
  /** Standing archives of the ledger in this state. */
  archives: number;
  /** Also the configuration must still be the one that was sealed before: whoever judged the state compared it with that. */
  configAsBefore: boolean;
  /** What else the record says from the same moment on. */
  record: (record: VaultRecord) => VaultRecord;
};

/**
 * Puts a clean state out of the client's reach: its segments get one more name in the vault, the small files are copied. The caller has
 * the lease, has made the segments `bbv-<id>`'s while no process of the client was left (`ownSegments`, `isQuiet`), and has judged them
 * after that. One write of `vault.json` makes it the seal in force; a crash before it leaves the old one, and what was written of the
 * new one is written again. The seal before it is dropped unless it is to be kept (`releasedAfter`).
 *
 * Null: a test has switched sealing off, and only the record was written.
 *
 * `index`, `hints` and `integrity` are as borg left them in the repository, so the client may have made them: never evidence.
 */
export async function sealRepository(keeper: Keeper, ids: Ids, order: SealOrder): Promise<Seal | null> {
  const { paths } = keeper;
  const { repositoryId } = ids;
  const { path } = keeper.repositories.get(ids.clientId, repositoryId);
  if (!keeper.layers.seal) {
    await changeVaultRecord(paths, repositoryId, order.record);
    return null;
  }
  const before = await readSealInForce(paths, repositoryId);
  const sealKind = await linkSegments(keeper, repositoryId, order.segments, before);
  keeper.atStep("seal:linked");
  const config = await readPresentConfig(path);
  if (order.configAsBefore && before) await demandSameConfig(paths, repositoryId, before, config);
  const configSha256 = await copySmallFiles(keeper, repositoryId, path, order.transaction, config);
  keeper.atStep("seal:copied");
  const seal: Seal = {
    transaction: order.transaction,
    sealedAt: keeper.now().toISOString(),
    segments: order.segments.map(({ n, size, mtimeNs, inode }) => ({ n, size, mtimeNs, inode })),
    configSha256,
  };
  await writeSeal(paths, repositoryId, seal);
  keeper.atStep("seal:written");
  await changeVaultRecord(paths, repositoryId, (found) => {
    const next = order.record(found);
    const kept = next.seals.filter(
      ({ releasedAfter, transaction }) => releasedAfter !== null && transaction !== seal.transaction,
    );
    const { transaction, sealedAt } = seal;
    const entry = { transaction, sealedAt, archives: order.archives, segments: seal.segments.length };
    return { ...next, sealKind, seals: [...kept, { ...entry, releasedAfter: null }] };
  });
  keeper.atStep("seal:recorded");
  await dropUnnamed(keeper, repositoryId);
  return seal;
}

/** Removes the folders of seals that the record does not name any more; their segments are the new one's as well. */
async function dropUnnamed(keeper: Keeper, repositoryId: string): Promise<void> {
  const { seals } = await readVaultRecord(keeper.paths, repositoryId);
  const named = new Set(seals.map((seal) => String(seal.transaction)));
  const folder = join(keeper.paths.vault(repositoryId), "seals");
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  for (const { name } of entries)
    if (!named.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}

async function readPresentConfig(repositoryPath: string): Promise<string> {
  const config = await readConfig(join(repositoryPath, "config"));
  if (config === null) throw new Error("the configuration went away while it was sealed");
  return config;
}

/** One that was changed after it was judged must not be sealed: the hold that follows could not put the right one back. */
async function demandSameConfig(
  paths: StoragePaths,
  repositoryId: string,
  before: Seal,
  config: string,
): Promise<void> {
  const sealed = await readFile(sealedFile(paths, repositoryId, before.transaction, "config"), "latin1");
  const next = await readNextConfig(paths, repositoryId);
  const isJudged = [sealed, next ?? sealed].some((text) => compareConfigs(text, config).length === 0);
  if (!isJudged) throw new Error("the configuration was changed while it was sealed");
}

/** Returns the SHA-256 of the configuration. */
async function copySmallFiles(
  keeper: Keeper,
  repositoryId: string,
  repositoryPath: string,
  transaction: number,
  config: string,
): Promise<string> {
  const folder = keeper.paths.seal(repositoryId, transaction);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const large = ["index", "hints", "integrity"].map((name) => `${name}.${transaction}`);
  const wanted = ["config", "README", "nonce", ...large];
  for (const name of await readdir(folder))
    if (!wanted.includes(name) && name !== "seal.json") await rm(join(folder, name), { force: true });
  for (const name of ["README", "nonce", ...large])
    await copyOne(join(repositoryPath, name), join(folder, name), !large.includes(name));
  const bytes = Buffer.from(config, "latin1");
  await writeAtomically(join(folder, "config"), bytes, 0o600);
  return createHash("sha256").update(bytes).digest("hex");
}

/** Copies a plain file through a descriptor: what lies in the repository may be a link that the client made. Nothing else is copied. */
async function copyOne(from: string, to: string, sync: boolean): Promise<void> {
  const file = await open(from, fs.O_RDONLY | fs.O_NOFOLLOW | fs.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (["ENOENT", "ELOOP", "ENXIO"].includes(error.code ?? "")) return null;
      throw error;
    },
  );
  await rm(`${to}.new`, { force: true });
  if (file === null) return;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > LONGEST_COPY_BYTES) return;
    await copyFile(`/proc/self/fd/${file.fd}`, `${to}.new`, fs.COPYFILE_FICLONE);
  } finally {
    await file.close();
  }
  const copy = await open(`${to}.new`, "r+");
  try {
    await copy.chmod(0o600);
    if (sync) await copy.sync();
  } finally {
    await copy.close();
  }
  await rename(`${to}.new`, to);
}
