import { lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DAY_MS } from "~/domain/compaction-gate";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { whenMissing } from "../when-missing";
import { readSeal } from "./seal-record";
import { changeVaultRecord, readVaultRecord, type VaultRecord } from "./vault-record";
import { closedWindows } from "./windows";

/** Releases the seals from before compactions whose time is over. May run at any time; refuses nothing. */
export async function releaseDueSeals(keeper: Keeper, repositoryId: string): Promise<void> {
  const { seals } = await readVaultRecord(keeper.paths, repositoryId);
  if (seals.every((seal) => seal.releasedAfter === null)) return;
  if (keeper.leases.isHeld(repositoryId, "maintain")) return;
  const isOver = await closedWindows(keeper, repositoryId);
  await releaseSeals(keeper, repositoryId, (seal) => {
    // It was retired when the next one was made.
    const next = seals[seals.findIndex((one) => one.transaction === seal.transaction) + 1];
    if (seal.releasedAfter === null || !next) return false;
    const days = (Date.parse(seal.releasedAfter) - Date.parse(next.sealedAt)) / DAY_MS;
    return isOver(`seal:${seal.transaction}`, next.sealedAt, Math.max(0, days));
  });
}

/**
 * Gives up seals; what only they hold is freed. The record forgets them first, so a crash leaves files that nothing names, which the next
 * maintenance sweeps. Refuses while a maintenance runs: it may be putting back the very seal. Returns the bytes freed.
 */
export async function releaseSeals(
  keeper: Keeper,
  repositoryId: string,
  isOver: (seal: VaultRecord["seals"][number]) => boolean,
): Promise<number> {
  const lists = new Map<number, number[]>();
  for (const { transaction } of (await readVaultRecord(keeper.paths, repositoryId)).seals)
    lists.set(transaction, await segmentsOf(keeper, repositoryId, transaction));
  const released: number[] = [];
  const record = await changeVaultRecord(keeper.paths, repositoryId, (now) => {
    if (keeper.leases.isHeld(repositoryId, "maintain"))
      throw new KeeperRefuses(
        "repository-locked",
        "Maintenance of this repository is running. Try again when it has ended.",
      );
    for (const seal of now.seals)
      if (lists.has(seal.transaction) && seal.releasedAfter !== null && isOver(seal))
        released.push(seal.transaction);
    return { ...now, seals: now.seals.filter((seal) => !released.includes(seal.transaction)) };
  });
  const kept = new Set<number>();
  for (const { transaction } of record.seals)
    for (const n of await segmentsOf(keeper, repositoryId, transaction)) kept.add(n);
  let freed = 0;
  for (const n of new Set(released.flatMap((transaction) => lists.get(transaction) ?? []))) {
    if (kept.has(n)) continue;
    const path = join(keeper.paths.sealedSegments(repositoryId), String(n));
    const found = await lstat(path).catch(whenMissing);
    if (found === null) continue;
    await rm(path, { force: true });
    if (found.nlink === 1) freed += found.size;
  }
  for (const transaction of released)
    await rm(keeper.paths.seal(repositoryId, transaction), { recursive: true, force: true });
  return freed;
}

/**
 * Takes names of segments and folders of seals away that no seal of the record holds: what a crash left, and seals that a rollback goes
 * behind. `into`: they are kept there; null: removed. Needs the maintain lease.
 */
export async function sweepVault(keeper: Keeper, repositoryId: string, into: string | null): Promise<void> {
  const record = await readVaultRecord(keeper.paths, repositoryId);
  const kept = new Set<number>();
  for (const { transaction } of record.seals)
    for (const n of await segmentsOf(keeper, repositoryId, transaction)) kept.add(n);
  const seals = new Set(record.seals.map((seal) => String(seal.transaction)));
  const segments = keeper.paths.sealedSegments(repositoryId);
  for (const name of await namesIn(segments)) {
    if (kept.has(Number(name))) continue;
    if (into === null) await rm(join(segments, name), { force: true });
    else {
      await mkdir(join(into, "segments"), { recursive: true, mode: 0o700 });
      await rename(join(segments, name), join(into, "segments", name));
    }
  }
  const folder = join(keeper.paths.seal(repositoryId, 0), "..");
  for (const name of await namesIn(folder))
    if (!seals.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}

async function segmentsOf(keeper: Keeper, repositoryId: string, transaction: number): Promise<number[]> {
  return (await readSeal(keeper.paths, repositoryId, transaction)).segments.map(({ n }) => n);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(whenMissing)) ?? [];
}
