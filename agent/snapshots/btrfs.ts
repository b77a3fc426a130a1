import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { isWithin, realPlace } from "../allowed-paths";
import { askProgram, troubleOf } from "../run-program";

/** A snapshot that shows what `target` was at one moment. */
export type Snapshot = { path: string; shows: { from: string; target: string } };

/** Either what is needed to make a snapshot of a source, or why there can be none. */
export type SnapshotPlan =
  | { possible: true; subvolume: string; source: string }
  | { possible: false; why: string };

/** What our snapshots are called; nothing else is ever removed. */
const NAME = /^\.bbs-snapshot-[a-z0-9]{1,20}-\d{1,3}$/;

/**
 * Whether a source can be read from a btrfs snapshot so that nothing is missing: what is another subvolume or another file system below the
 * source would be an empty folder in it. With `oneFileSystem` borg does not go there anyway.
 */
export async function planSnapshot(source: string, oneFileSystem: boolean): Promise<SnapshotPlan> {
  const no = (why: string): SnapshotPlan => ({ possible: false, why });
  if (process.platform !== "linux" || process.getuid?.() !== 0) return no("it needs Linux and root");
  const real = await realPlace(source);
  if (real === null || real === "/") return no("the root of the system cannot be exchanged for one");
  const mounts = await readMounts();
  if (mounts.filter(({ point }) => isWithin(point, real)).at(-1)?.type !== "btrfs") {
    return no("its file system is not btrfs");
  }
  const subvolume = await subvolumeOf(real);
  if (subvolume === null) return no("its subvolume was not found");
  if (oneFileSystem) return { possible: true, subvolume, source: real };
  const mounted = mounts.find(({ point }) => point !== real && isWithin(real, point));
  if (mounted) return no(`another file system is mounted below it, on ${mounted.point}`);
  const nested = await subvolumesBelow(subvolume);
  if (nested === null) return no("the subvolumes below it could not be listed");
  const other = nested.find((path) => isWithin(real, path));
  if (other) return no(`${other} below it is a subvolume of its own`);
  return { possible: true, subvolume, source: real };
}

/** Where the snapshot of a plan will be, known before it is made: the record on disk needs it first. */
export function snapshotOf(
  plan: Extract<SnapshotPlan, { possible: true }>,
  jobId: string,
  number: number,
): Snapshot {
  const path = join(plan.subvolume, `.bbs-snapshot-${jobId}-${number}`);
  return { path, shows: { from: join(path, relative(plan.subvolume, plan.source)), target: plan.source } };
}

/** Makes it, read-only. Answers why not, or null. */
export async function makeSnapshot(snapshot: Snapshot): Promise<string | null> {
  const args = ["subvolume", "snapshot", "-r", "--", dirname(snapshot.path), snapshot.path];
  return troubleOf(await askProgram({ command: "btrfs", args }));
}

/** Removes a snapshot of ours; one that is not there (any more) is fine. Answers why it is still there, or null. */
export async function removeSnapshot(path: string): Promise<string | null> {
  if (!NAME.test(basename(path))) return "It is none of ours.";
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  if (!there) return null;
  return troubleOf(await askProgram({ command: "btrfs", args: ["subvolume", "delete", "--", path] }));
}

/**
 * Puts a command into a view of this machine in which the sources show their snapshots, at their own places: paths in the archive and borg's
 * memory of unchanged files stay what they are. The view goes with the command.
 */
export function withSnapshots(snapshots: readonly Snapshot[], command: readonly string[]): string[] {
  if (snapshots.length === 0) return [...command];
  const pairs = snapshots.flatMap(({ shows }) => [shows.from, shows.target]);
  const unshare = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", SHOW, "sh"];
  return [...unshare, String(snapshots.length), ...pairs, ...command];
}

const SHOW = `
set -u
count=$1; shift
while [ "$count" -gt 0 ]; do
  mount --bind "$1" "$2" || { echo "The snapshot $1 could not be shown at $2." >&2; exit 125; }
  shift 2; count=$((count - 1))
done
exec "$@"
`;

async function readMounts(): Promise<{ point: string; type: string }[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8");
  return text.split("\n").flatMap((line) => {
    const fields = line.split(" ");
    const type = fields[fields.indexOf("-") + 1];
    const point = fields[4]?.replace(/\\(\d{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    return point && type ? [{ point, type }] : [];
  });
}

/** The folder at the top of the subvolume that holds a path: inode 256 on btrfs. */
async function subvolumeOf(path: string): Promise<string | null> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at);
    if (found.isDirectory() && found.ino === 256) return at;
    if (at === "/") return null;
  }
}

/** Where the subvolumes directly within another one are. Null: btrfs does not say. */
async function subvolumesBelow(subvolume: string): Promise<string[] | null> {
  const shown = await askProgram({ command: "btrfs", args: ["subvolume", "show", "--", subvolume] });
  const listed = await askProgram({ command: "btrfs", args: ["subvolume", "list", "-o", "--", subvolume] });
  if (troubleOf(shown) !== null || troubleOf(listed) !== null) return null;
  // The first line is the subvolume's path from the top of the file system: `/` for the top itself.
  const own = (shown.stdout.toString("utf8").split("\n")[0] ?? "").trim();
  const base = own === "/" || own === "" ? "" : `${own}/`;
  return listed.stdout
    .toString("utf8")
    .split("\n")
    .flatMap((line) => {
      const path = /^ID \d+ gen \d+ top level \d+ path (.*)$/.exec(line)?.[1];
      if (path === undefined) return [];
      return [join(subvolume, path.startsWith(base) ? path.slice(base.length) : path)];
    });
}
