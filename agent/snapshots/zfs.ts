import { stat } from "node:fs/promises";
import { join } from "node:path";
import { askProgram, troubleOf } from "../run-program";
import type { FoundMount } from "./find-mount";
import { isOurs, no, type Plan } from "./snapshot";

/** A dataset's name, in the characters of zfs(8). One with `@`, `,` or `%` would mean several snapshots to `zfs destroy`. */
const DATASET = /^[A-Za-z0-9][A-Za-z0-9_.: -]*(\/[A-Za-z0-9_.: -]+)*$/;

/** A snapshot of the dataset, read through its `.zfs` folder (which is there also where `snapdir` hides it). */
export async function planZfs(mount: FoundMount, name: string): Promise<Plan> {
  const { source: dataset, target: top } = mount;
  if (!DATASET.test(dataset) || mount.fsroot !== "/") return no(`${dataset} is not shown as a whole there`);
  const args = ["list", "-H", "-p", "-t", "filesystem", "-o", "name,mounted", dataset];
  const listed = await askProgram({ command: "zfs", args });
  const trouble = troubleOf(listed);
  if (trouble !== null) return no(`zfs does not list ${dataset} (${trouble})`);
  if (listed.stdout.toString("utf8") !== `${dataset}\tyes\n`)
    return no(`zfs does not say that ${dataset} is mounted`);
  const root = join(top, ".zfs", "snapshot", name);
  return {
    possible: true,
    snapshot: {
      record: { kind: "zfs", dataset, name },
      ...{ volume: `zfs ${dataset}`, top, root },
      make: async () =>
        troubleOf(await askProgram({ command: "zfs", args: ["snapshot", `${dataset}@${name}`] })) ??
        (await openIn(root, top)),
      spoilt: async () => null,
    },
  };
}

/** One that is not there (any more) is fine. Answers why it is still there, or null. */
export async function removeZfs({
  dataset,
  name,
}: {
  dataset: string;
  name: string;
}): Promise<string | null> {
  if (!isOurs(name) || !DATASET.test(dataset)) return "It is none of ours.";
  const args = ["list", "-H", "-p", "-t", "snapshot", "-d", "1", "-o", "name", dataset];
  const listed = await askProgram({ command: "zfs", args });
  const trouble = troubleOf(listed);
  if (trouble !== null) return trouble;
  const snapshot = `${dataset}@${name}`;
  if (!listed.stdout.toString("utf8").split("\n").includes(snapshot)) return null;
  return troubleOf(await askProgram({ command: "zfs", args: ["destroy", snapshot] }));
}

/** The first look into it has the system mount it; what is then still of the dataset itself is an empty folder and not the snapshot. */
async function openIn(root: string, top: string): Promise<string | null> {
  try {
    const [inside, outside] = [await stat(`${root}/.`), await stat(top)];
    if (inside.isDirectory() && inside.dev !== outside.dev) return null;
    return `${root} does not show the snapshot.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
