import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { env } from "~/env";
import type { Output } from "../output";
import { UsageError } from "../usage-error";

/** `bbs-admin restores list|remove`: what was restored onto this storage server. Needs root, and no database. */
export function addRestoresVerbs(program: Command, output: () => Output): void {
  const restores = program
    .command("restores")
    .description("What was restored onto this server: list, remove. Only root can enter these folders.");
  restores
    .command("list")
    .description("The folders, the newest first, each named after the job that made it.")
    .action(async () => {
      const found = await listRestored();
      const lines = found.map(({ folder, at }) => `${at.slice(0, 16).replace("T", " ")} UTC  ${folder}`);
      output().print(found, lines.length === 0 ? "Nothing was restored onto this server." : lines.join("\n"));
    });
  restores
    .command("remove")
    .description("Remove one of them, with all that is in it.")
    .argument("<job>", "the job that made it")
    .action(async (job: string) => {
      const found = (await listRestored()).find((one) => one.job === job);
      if (!found) throw new UsageError(`There is no restore ${job} on this server.`);
      await rm(found.folder, { recursive: true });
      output().print({ removed: found.folder }, `Removed ${found.folder}.`);
    });
}

async function listRestored(): Promise<{ job: string; folder: string; at: string }[]> {
  const root = join(env().data, "restored");
  const names = await readdir(root).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT") return [];
    if (code === "EACCES") throw new UsageError("Only root can see what was restored onto this server.");
    throw error;
  });
  const found = [];
  for (const job of names.filter((name) => /^[a-z0-9]{1,20}$/.test(name))) {
    const folder = join(root, job);
    found.push({ job, folder, at: (await stat(folder)).mtime.toISOString() });
  }
  return found.sort((one, other) => other.at.localeCompare(one.at));
}
