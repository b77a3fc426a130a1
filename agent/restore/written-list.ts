import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { MOST_NAMED_PATHS } from "~/protocol/restore-extras";
import type { AgentFolder } from "../agent-folder";

/** Lists and records of restores that are kept on the machine. */
const MOST_KEPT = 60;

/** Writes down every path that a restore has written whole: the first ones for the report, all of them in a file of the agent's folder. */
export async function writtenList(folder: AgentFolder, jobId: string) {
  await mkdir(folder.restores, { recursive: true, mode: 0o700 });
  await dropOldest(folder);
  const list = join(folder.restores, `${jobId}.list`);
  const file = createWriteStream(list, { mode: 0o600 });
  let broken = false;
  // A list that cannot be written must not end the restore; the report then names none.
  file.on("error", () => {
    broken = true;
  });
  const paths: string[] = [];
  return {
    add(path: string) {
      const shown = showPath(path);
      if (paths.length < MOST_NAMED_PATHS) paths.push(shown.slice(0, 4200));
      if (!broken) file.write(`${shown}\n`);
    },
    async close() {
      file.end();
      await finished(file).catch(() => undefined);
      return { paths, list: broken ? null : list };
    },
  };
}

/** One line for each name, and no control characters for the terminal that shows it. */
export function showPath(path: string): string {
  return path.replace(/[\p{Cc}\\]/gu, (found) =>
    found === "\\" ? "\\\\" : `\\x${(found.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`,
  );
}

async function dropOldest({ restores }: AgentFolder): Promise<void> {
  const names = await readdir(restores);
  if (names.length <= MOST_KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(restores, name))).mtimeMs })),
  );
  aged.sort((one, other) => one.at - other.at);
  for (const { name } of aged.slice(0, -MOST_KEPT)) await rm(join(restores, name), { force: true });
}
