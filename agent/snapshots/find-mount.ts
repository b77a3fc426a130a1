import { z } from "zod";
import { parseJson } from "../parse-json";
import { askProgram, troubleOf } from "../run-program";

const answer = z.object({
  filesystems: z
    .array(z.object({ target: z.string(), source: z.string(), fstype: z.string(), fsroot: z.string() }))
    .min(1),
});
/** `source`: the device or dataset; `fsroot`: which folder of it is shown at `target`. */
export type FoundMount = z.infer<typeof answer>["filesystems"][number];

/** The mount on which a path lies. Null: findmnt does not say. */
export function findMount(path: string): Promise<FoundMount | null> {
  return ask(`--target=${path}`);
}

/** Whether a folder is itself the top of something mounted. */
export async function isMounted(folder: string): Promise<boolean> {
  return (await ask(`--mountpoint=${folder}`)) !== null;
}

async function ask(which: string): Promise<FoundMount | null> {
  const args = ["--json", "--nofsroot", "--output=TARGET,SOURCE,FSTYPE,FSROOT", which];
  const end = await askProgram({ command: "findmnt", args });
  if (troubleOf(end) !== null) return null;
  const parsed = answer.safeParse(parseJson(end.stdout.toString("utf8")));
  // Of several at one place the last is the one that is seen.
  return parsed.success ? (parsed.data.filesystems.at(-1) ?? null) : null;
}
