import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreOrder } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import { AgentProblem } from "../agent-problem";
import { isWithin, realPlace } from "../allowed-paths";
import { madeHere } from "../archives-made";
import type { PolicyState } from "../policy";

/**
 * Where a restore writes: an existing folder without links in its path, `/` for original places. This machine's policy decides,
 * not the order. Folders that are missing are made (0700 in the restore folder: what comes back may be more private than where it
 * lands). After making them the place is looked at again, so that a link slipped in between is refused.
 */
export async function openTarget(
  order: Pick<RestoreOrder, "jobId" | "target" | "repository" | "archive">,
  policyState: PolicyState,
  folder: AgentFolder,
): Promise<string> {
  if (!policyState.readable) {
    throw forbidden(`Nothing may be written: ${policyState.why}. Correct it on the machine.`);
  }
  const { policy } = policyState;
  const ask = `The machine's administrator can change ${folder.policy}.`;
  const { target } = order;
  switch (target.kind) {
    case "original": {
      if (!policy.restoreToOriginal) {
        throw forbidden(`The policy of this machine does not allow restoring to original places. ${ask}`);
      }
      if (!(await madeHere(folder, order.repository.repositoryId, order.archive.borgId))) {
        throw new AgentProblem(
          "archive-not-made-here",
          "This archive was not made by this agent, so it may not be written over the original files. Restore it to the restore folder and move the files yourself.",
        );
      }
      return "/";
    }
    case "restore-folder":
      return makeWithin([policy.restoreFolder], join(policy.restoreFolder, order.jobId), ask);
    case "folder":
      return makeWithin([policy.restoreFolder, ...policy.restorePaths], target.path, ask);
  }
}

async function makeWithin(allowed: readonly string[], path: string, ask: string): Promise<string> {
  const place = await realPlace(path);
  const bases: string[] = [];
  for (const folder of allowed) {
    const base = await realPlace(folder);
    if (base !== null) bases.push(base);
  }
  const fits = (real: string) => bases.some((base) => isWithin(base, real));
  if (place === null || !fits(place)) {
    throw forbidden(
      `The policy of this machine does not allow restoring into ${path}. It allows folders below: ${allowed.join(", ")}. ${ask}`,
    );
  }
  try {
    await mkdir(place, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw forbidden(`${place} cannot be made: ${error instanceof Error ? error.message : error}`);
  }
  const made = await realpath(place);
  if (!fits(made)) throw forbidden(`${path} leads out of the folders that this machine allows.`);
  return made;
}

function forbidden(say: string): AgentProblem {
  return new AgentProblem("policy-forbids-target", say);
}
