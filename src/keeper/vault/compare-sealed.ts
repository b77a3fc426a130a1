import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import type { Evidence } from "~/domain/tamper";
import { findStraySegments, type SegmentFile, type SegmentListing } from "./segment-files";

/** What was sealed: all segments up to `transaction`, and the text of `config`. */
export type SealedState = {
  transaction: number;
  segments: readonly Pick<SegmentFile, "n" | "size" | "mtimeNs" | "inode">[];
  config: string;
  /** What the keeper itself was about to write there when it was cut off; absent: nothing. */
  nextConfig?: string | null;
};

/** borg keeps some hundred bytes there, and the key. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Compares what was sealed with what is there: `now` is `listSegments` of the same moment. borg never changes a committed segment and
 * compacts for the server only, so every difference speaks against the repository. Empty: none.
 *
 * `vault`: the folder of the sealed segments' second names. A data folder that was moved to another disk has other inodes; a segment
 * that still is the same file as its name in the vault, where only the keeper writes, is the sealed one.
 */
export async function compareSealed(
  repositoryPath: string,
  sealed: SealedState,
  now: SegmentListing,
  vault: string,
): Promise<Evidence[]> {
  const config = await readConfig(join(repositoryPath, "config"));
  const data = await lstat(join(repositoryPath, "data")).catch(whenNotThere);
  if (config === null || !data?.isDirectory()) return [{ kind: "repository-missing" }];
  return [
    ...compareConfigs(isNext(sealed, config) ? config : sealed.config, config),
    ...(await compareSegments(repositoryPath, sealed, now, vault)),
  ];
}

async function compareSegments(
  repositoryPath: string,
  { transaction, segments }: SealedState,
  now: SegmentListing,
  vault: string,
): Promise<Evidence[]> {
  const known = new Set<number>();
  const missing: number[] = [];
  const changed: number[] = [];
  for (const segment of segments) {
    known.add(segment.n);
    const found = now.get(segment.n);
    if (!found) missing.push(segment.n);
    else if (!isSame(segment, found) && !(await isMoved(segment, found, vault))) changed.push(segment.n);
  }
  const appeared = [...now.keys()].filter((n) => n <= transaction && !known.has(n));
  const strays = await findStraySegments(repositoryPath);
  return [
    ...count("segments-missing", missing),
    ...count("segments-changed", changed),
    ...count("segments-appeared", [...appeared, ...strays]),
  ];
}

/**
 * `key` true: another key, whatever else differs. A configuration that does not differ in any setting is the same one: borg's check
 * writes it anew.
 */
export function compareConfigs(sealed: string, present: string): Evidence[] {
  if (sealed === present) return [];
  const [before, after] = [readSettings(sealed), readSettings(present)];
  const differs = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  if (differs.length === 0) return [];
  return [{ kind: "config-changed", key: differs.includes("key") }];
}

/** Settings by name, as python's configparser reads borg's one section; the key goes on over indented lines. */
function readSettings(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  let name = "";
  for (const line of text.split(/\r\n|[\r\n]/)) {
    if (/^\s/.test(line)) settings.set(name, `${settings.get(name) ?? ""}\n${line.trim()}`);
    else if (line !== "") {
      const at = line.search(/[=:]/);
      name = (at < 0 ? line : line.slice(0, at)).trim().toLowerCase();
      // A name twice is a difference of its own: configparser refuses such a file.
      settings.set(name, `${settings.get(name) ?? ""}${at < 0 ? "" : line.slice(at + 1).trim()}`);
    }
  }
  for (const [setting, value] of settings) settings.set(setting, value.trim());
  return settings;
}

/** What lies in a repository as its configuration. Null: there is none, or something else in its place. */
export async function readConfig(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    whenNotThere,
  );
  if (!file) return null;
  try {
    const found = await file.stat();
    return found.isFile() && found.size <= MAX_CONFIG_BYTES ? await file.readFile("latin1") : null;
  } finally {
    await file.close();
  }
}

function whenNotThere(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT" || error.code === "ELOOP" || error.code === "ENOTDIR") return null;
  throw error;
}

const isNext = ({ nextConfig }: SealedState, present: string) =>
  typeof nextConfig === "string" && compareConfigs(nextConfig, present).length === 0;

type Ledgered = SealedState["segments"][number];

function isSame(sealed: Ledgered, found: Ledgered): boolean {
  return sealed.size === found.size && sealed.mtimeNs === found.mtimeNs && sealed.inode === found.inode;
}

async function isMoved(sealed: Ledgered, found: Ledgered, vault: string): Promise<boolean> {
  if (sealed.size !== found.size || sealed.mtimeNs !== found.mtimeNs) return false;
  const second = await lstat(join(vault, String(sealed.n)), { bigint: true }).catch(whenNotThere);
  return second?.isFile() === true && String(second.ino) === found.inode;
}

function count(
  kind: "segments-missing" | "segments-changed" | "segments-appeared",
  numbers: readonly number[],
): Evidence[] {
  return numbers.length === 0
    ? []
    : [{ kind, count: numbers.length, first: numbers.reduce((least, n) => Math.min(least, n)) }];
}
