import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isWithin } from "../allowed-paths";
import { askProgram, troubleOf } from "../run-program";
import { isOurs, no, type Plan } from "./snapshot";

/** A read-only snapshot beside the source, in its own subvolume. What is a subvolume of its own below the source would be empty in it. */
export async function planBtrfs(real: string, name: string, oneFileSystem: boolean): Promise<Plan> {
  const subvolume = await subvolumeOf(real);
  if (subvolume === null) return no("its subvolume was not found");
  if (!oneFileSystem) {
    const nested = await subvolumesBelow(subvolume);
    if (nested === null) return no("the subvolumes below it could not be listed");
    const other = nested.find((path) => isWithin(real, path));
    if (other) return no(`${other} below it is a subvolume of its own`);
  }
  const path = join(subvolume, name);
  return {
    possible: true,
    snapshot: {
      record: { kind: "btrfs", path },
      ...{ volume: `btrfs ${subvolume}`, top: subvolume, root: path },
      make: async () =>
        troubleOf(
          await askProgram({
            command: "btrfs",
            args: ["subvolume", "snapshot", "-r", "--", subvolume, path],
          }),
        ),
      spoilt: async () => null,
    },
  };
}

/** One that is not there (any more) is fine. Answers why it is still there, or null. */
export async function removeBtrfs({ path }: { path: string }): Promise<string | null> {
  if (!isOurs(basename(path))) return "It is none of ours.";
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  if (!there) return null;
  return troubleOf(await askProgram({ command: "btrfs", args: ["subvolume", "delete", "--", path] }));
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
