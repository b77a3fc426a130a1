import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, readFile, realpath, statfs, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { z } from "zod";
import { looseFile } from "./loose-file";
import type { StoragePaths } from "./paths";
import { KeeperRefuses } from "./refusal";
import { whenMissing } from "./when-missing";
import { writeAtomically } from "./write-atomically";

/** Where the first repositories lie: below BBS_DATA. It is always there. */
export const MAIN = "main";

const locationName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
/** `BBS_DATA/locations.json`: `{ "nas": "/srv/nas/bbs" }`. */
const configured = z.record(locationName, z.string().min(1).max(1000));
const seen = z.record(locationName, z.string());

export type Location = {
  name: string;
  root: string;
  /** Why nothing can be done there now, for the person; null: it is in order. */
  problem: string | null;
};

/**
 * The storage locations of this node, by the names that its own configuration file gives them: whoever can write that file is root here. A
 * path never comes over a socket. A location that is not in order (not mounted, not root's) is left alone and says why; the
 * keeper looks at it again when it starts.
 */
export class Locations {
  readonly #locations: readonly Location[];

  private constructor(locations: readonly Location[]) {
    this.#locations = locations;
  }

  static async load(paths: StoragePaths, root: boolean): Promise<Locations> {
    const named = await readConfigured(paths, root);
    const known = await readSeen(paths);
    const locations: Location[] = [];
    for (const [name, path] of Object.entries(named)) {
      const others = [
        paths.data,
        ...Object.entries(named).flatMap(([n, other]) => (n === name ? [] : [other])),
      ];
      const problem = (await problemWith(path, others, root)) ?? (await meetDisk(name, path, known));
      if (problem === null) await makeFolders(path, root);
      else console.error(`the storage location ${name} cannot be used: ${problem}`);
      locations.push({ name, root: path, problem });
    }
    if (Object.keys(known).length > 0)
      await writeAtomically(seenPath(paths), `${JSON.stringify(known, null, 1)}\n`, 0o600);
    return new Locations([{ name: MAIN, root: paths.data, problem: null }, ...locations]);
  }

  /** Those that can be used, the main one first. */
  usable(): Location[] {
    return this.#locations.filter((location) => location.problem === null);
  }

  /** Refuses a name that the configuration does not have, and a location that is not in order. */
  rootOf(name: string): string {
    const found = this.#locations.find((location) => location.name === name);
    if (!found) throw new KeeperRefuses("bad-request", `This storage node has no location named ${name}.`);
    if (found.problem !== null)
      throw new KeeperRefuses("not-allowed", `The storage location ${name} cannot be used: ${found.problem}`);
    return found.root;
  }

  /** How much room each has. */
  async describe() {
    return Promise.all(
      this.#locations.map(async ({ name, root, problem }) => {
        const space = problem === null ? await statfs(root) : null;
        return {
          ...{ name, problem },
          freeBytes: space ? space.bavail * space.bsize : 0,
          totalBytes: space ? space.blocks * space.bsize : 0,
        };
      }),
    );
  }
}

async function readConfigured(paths: StoragePaths, root: boolean): Promise<Record<string, string>> {
  const path = join(paths.data, "locations.json");
  const text = await readFile(path, "utf8").catch(whenMissing);
  if (text === null) return {};
  const loose = root ? await looseFile([path]) : null;
  if (loose !== null)
    throw new Error(`${loose} can be changed by others than root, and it says where repositories lie`);
  const read = configured.safeParse(JSON.parse(text));
  if (!read.success || MAIN in read.data)
    throw new Error(
      `${path} must be an object of names (small letters, digits, dashes; not "main") and folders`,
    );
  return read.data;
}

/** Everything on the way must be root's: else somebody could put another folder in its place. */
async function problemWith(path: string, others: readonly string[], root: boolean): Promise<string | null> {
  if (!isAbsolute(path)) return "its folder is not an absolute path.";
  const found = await lstat(path).catch(whenMissing);
  if (!found?.isDirectory()) return "its folder is not there.";
  if ((await realpath(path)) !== path) return "its path leads over a symbolic link.";
  if (others.some((other) => isWithin(path, other) || isWithin(other, path)))
    return "it lies within the data folder or another location, or they in it.";
  const loose = root ? await looseFile([path]) : null;
  return loose === null ? null : `${loose} can be changed by others than root.`;
}

/** A folder whose disk is not mounted looks like an empty one. So each disk carries a mark, and we remember which one it was. */
async function meetDisk(name: string, path: string, known: Record<string, string>): Promise<string | null> {
  const markPath = join(path, ".bbs-location");
  const mark = (await readFile(markPath, "utf8").catch(whenMissing))?.trim() ?? null;
  const before = known[name];
  if (mark === null && before !== undefined) return "its disk is not mounted.";
  if (mark !== null && before !== undefined && mark !== before) return "another disk is mounted there.";
  known[name] = mark ?? randomBytes(16).toString("hex");
  if (mark === null) await writeFile(markPath, `${known[name]}\n`, { mode: 0o600, flag: "wx" });
  return null;
}

/** As in the main location: what leads to a client's repository may be walked through, the vault is ours alone. */
async function makeFolders(path: string, root: boolean) {
  for (const [name, mode] of [
    ["repos", root ? 0o711 : 0o700],
    ["vault", 0o700],
  ] as const) {
    await mkdir(join(path, name), { recursive: true, mode });
    await chmod(join(path, name), mode);
  }
}

async function readSeen(paths: StoragePaths): Promise<Record<string, string>> {
  const text = await readFile(seenPath(paths), "utf8").catch(whenMissing);
  return text === null ? {} : seen.parse(JSON.parse(text));
}

const seenPath = (paths: StoragePaths) => join(paths.keeper, "locations-seen.json");

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
