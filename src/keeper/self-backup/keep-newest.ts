import { copyFile, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { syncPath } from "../sync-path";

/** How many are kept, and how long each is kept in any case. */
const NEWEST = 14;
const LEAST_DAYS = 14;
/** More of them in a day are not a person's doing. */
export const MOST_A_DAY = 10;

const DAY_MS = 86_400_000;
const NAME = /^bbs-self-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.bbsbackup$/;

export type KeptSelfBackup = { name: string; bytes: number; madeAt: string };

/** Name of a self-backup that is made now. */
export function nameAt(now: Date): string {
  const [day = "", time = ""] = now.toISOString().split("T");
  return `bbs-self-${day.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}.bbsbackup`;
}

/** Those in a folder, the newest first. Unfinished ones have another name. */
export async function listKept(folder: string): Promise<KeptSelfBackup[]> {
  const found: KeptSelfBackup[] = [];
  for (const name of (await readdir(folder)).sort().reverse()) {
    const madeAt = madeAtOf(name);
    if (madeAt !== null) found.push({ name, bytes: (await stat(join(folder, name))).size, madeAt });
  }
  return found;
}

/** Removes those that are not among the newest and old enough, and what was cut off. */
export async function keepNewest(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder))
    if (name.endsWith(".unfinished")) await rm(join(folder, name), { force: true });
  for (const { name, madeAt } of (await listKept(folder)).slice(NEWEST))
    if (now.getTime() - Date.parse(madeAt) > LEAST_DAYS * DAY_MS)
      await rm(join(folder, name), { force: true });
}

export function madeWithinADay(kept: readonly KeptSelfBackup[], now: Date): number {
  return kept.filter(({ madeAt }) => now.getTime() - Date.parse(madeAt) < DAY_MS).length;
}

/** A whole copy under its name or none. */
export async function copyWhole(from: string, to: string): Promise<void> {
  const unfinished = `${to}.unfinished`;
  await copyFile(from, unfinished);
  await syncPath(unfinished);
  await rename(unfinished, to);
}

function madeAtOf(name: string): string | null {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return year ? `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z` : null;
}
