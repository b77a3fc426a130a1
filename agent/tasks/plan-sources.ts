import { lstat } from "node:fs/promises";
import type { BackupOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import { liesInOneOf } from "../allowed-paths";
import type { TaskContext } from "./task";

/** Refuses sources outside of what this machine's policy lets be read. */
export async function checkSources(
  sources: readonly string[],
  { policy, folder }: Pick<TaskContext, "policy" | "folder">,
): Promise<void> {
  if (!policy.readable) {
    throw new AgentProblem(
      "policy-forbids-source",
      `Nothing may be read: ${policy.why}. Correct it on the machine.`,
    );
  }
  for (const source of sources) {
    if (await liesInOneOf(source, policy.policy.readPaths)) continue;
    throw new AgentProblem(
      "policy-forbids-source",
      `The policy of this machine does not allow reading ${source}. It allows: ${policy.policy.readPaths.join(", ") || "nothing"}. The machine's administrator can change ${folder.policy}.`,
    );
  }
}

/** Sources that are there, and those that are not; each list in the order given. */
export async function sortSources(
  sources: readonly string[],
): Promise<{ there: string[]; missing: string[] }> {
  const there: string[] = [];
  const missing: string[] = [];
  for (const source of sources) {
    const found = await lstat(source).then(
      () => true,
      () => false,
    );
    (found ? there : missing).push(source);
  }
  return { there, missing };
}

/**
 * What decides which files borg takes, in a backup and in a dry run alike. Excludes reach borg as typed; the agent's own folder is never
 * read, because the server can read archives and must not learn this machine's keys.
 */
export function filterArguments(
  order: Pick<BackupOrder, "excludes" | "oneFileSystem" | "excludeCaches"> & {
    excludeIfPresent?: readonly string[] | undefined;
    keepExcludeTags?: boolean | undefined;
  },
  ownFolder: string,
): string[] {
  return [
    ...(order.oneFileSystem ? ["--one-file-system"] : []),
    ...(order.excludeCaches ? ["--exclude-caches"] : []),
    ...(order.excludeIfPresent ?? []).map((name) => `--exclude-if-present=${name}`),
    ...(order.keepExcludeTags ? ["--keep-exclude-tags"] : []),
    `--exclude=pp:${ownFolder}`,
    ...order.excludes.map((pattern) => `--exclude=${pattern}`),
  ];
}
