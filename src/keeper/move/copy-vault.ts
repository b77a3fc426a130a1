import { constants, lstatSync } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoverageRecord } from "../check/coverage-record";
import type { RepositoryRecord } from "../repository-records";
import { linkInto } from "../vault/link-segments";
import { type Seal, sealRecord } from "../vault/seal-record";
import { listSegments, type SegmentFile } from "../vault/segment-files";
import type { VaultRecord } from "../vault/vault-record";
import { whenMissing } from "../when-missing";
import { copySegment } from "./copy-segment";
import type { Progress } from "./under-way";

/** Written anew, because files have other inodes and times there; or of no use once everything is sealed. */
const NOT_COPIED = ["repository.json", "vault.json", "coverage.json", "audited.json", "segments"];

type Given = {
  vault: string;
  /** The copied repository. */
  stage: string;
  vaultStage: string;
  record: RepositoryRecord;
  vaultRecord: VaultRecord;
  /** The seal in force. */
  seal: Seal;
  digests: ReadonlyMap<number, string>;
  coverage: CoverageRecord;
  now: Date;
};

/**
 * Makes the vault anew beside a copied repository. Second names do not go over to another file system, so each copied segment gets a new one
 * there; what only older seals hold is copied. Each seal then speaks of the files that are there, and what was read back counts as read.
 */
export async function copyVault(given: Given, progress: Progress, signal: AbortSignal): Promise<void> {
  const { vault, stage, vaultStage, seal } = given;
  await mkdir(vaultStage, { mode: 0o700 });
  await copyTree(vault, vaultStage, NOT_COPIED);
  const segments = join(vaultStage, "segments");
  await mkdir(segments, { mode: 0o700 });
  const listing = await listSegments(stage, signal);
  const copied = seal.segments.flatMap(({ n }) => listing.get(n) ?? []);
  const sealKind = await linkInto(segments, copied, new Map(), signal);
  const current = new Map(copied.map((segment) => [segment.n, segment]));
  for (const n of await numbersIn(join(vault, "segments"))) {
    if (current.has(n)) continue;
    const count = (bytes: number) => {
      progress.doneBytes += bytes;
    };
    await copySegment(join(vault, "segments", String(n)), join(segments, String(n)), null, count, signal);
  }
  for (const { transaction } of given.vaultRecord.seals) {
    const path = join(vaultStage, "seals", String(transaction), "seal.json");
    const before = sealRecord.parse(JSON.parse(await readFile(path, "utf8")));
    await writeJson(path, {
      ...before,
      segments: before.segments.map((one) => asIs(one, current, segments)),
    });
  }
  await writeJson(join(vaultStage, "coverage.json"), coverageOfCopy(given, current));
  await writeJson(join(vaultStage, "vault.json"), { ...given.vaultRecord, sealKind });
  // Last, because it is what makes a folder a repository's vault.
  await writeJson(join(vaultStage, "repository.json"), given.record);
}

/** Bytes that only older seals and the quarantine hold: what is copied beside the seal in force. */
export async function bytesBesideSeal(vault: string, seal: Seal): Promise<number> {
  const sealed = new Set(seal.segments.map(({ n }) => n));
  let bytes = 0;
  for (const n of await numbersIn(join(vault, "segments")))
    if (!sealed.has(n)) bytes += (await lstat(join(vault, "segments", String(n)))).size;
  return bytes + (await treeBytes(join(vault, "quarantine"))) + (await treeBytes(join(vault, "seals")));
}

/** A segment of a seal as its file is now; one that neither is there nor in the vault stays as it was told. */
function asIs(
  told: Seal["segments"][number],
  current: ReadonlyMap<number, SegmentFile>,
  vaultSegments: string,
): Seal["segments"][number] {
  const there = current.get(told.n);
  if (there) return { n: told.n, size: there.size, mtimeNs: there.mtimeNs, inode: there.inode };
  const kept = lstatSync(join(vaultSegments, String(told.n)), { bigint: true, throwIfNoEntry: false });
  if (!kept) return told;
  return { n: told.n, size: told.size, mtimeNs: String(kept.mtimeNs), inode: String(kept.ino) };
}

function coverageOfCopy(
  { digests, coverage, now }: Given,
  current: ReadonlyMap<number, SegmentFile>,
): CoverageRecord {
  const segments: CoverageRecord["segments"] = {};
  for (const [n, sha256] of digests) {
    const { size, mtimeNs } = current.get(n) ?? { size: -1, mtimeNs: "" };
    segments[String(n)] = { size, mtimeNs, readAt: now.toISOString(), sha256 };
  }
  return { segments, damaged: [], full: coverage.full };
}

/** Plain files and folders only: what else a client put into what was set aside stays behind. */
async function copyTree(from: string, to: string, without: readonly string[] = []): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (without.includes(entry.name) || entry.name.endsWith(".new")) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target, { mode: 0o700 });
      await copyTree(source, target);
    } else if (entry.isFile()) await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

async function treeBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(whenMissing)) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await treeBytes(path);
    else if (entry.isFile()) bytes += (await lstat(path)).size;
  }
  return bytes;
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = (await readdir(folder, { withFileTypes: true }).catch(whenMissing)) ?? [];
  return names.flatMap((entry) => (entry.isFile() && /^\d+$/.test(entry.name) ? Number(entry.name) : []));
}

const writeJson = (path: string, value: object) =>
  writeFile(path, `${JSON.stringify(value, null, 1)}\n`, { mode: 0o600 });
