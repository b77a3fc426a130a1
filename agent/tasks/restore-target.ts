import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreOrder } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import { AgentProblem } from "../agent-problem";
import { isWithin, realPlace } from "../allowed-paths";
import { madeHere } from "../archives-made";
import type { PolicyState } from "../policy";
import { type PinnedFolder, pinFolder } from "../restore/pinned-folder";

type Asked = Pick<RestoreOrder, "jobId" | "target" | "repository" | "archive" | "more" | "resume">;

/** Where a restore may write: a path without links, `/` for original places, and what it has to lie in; null: nothing but itself. */
export interface AllowedTarget {
  path: string;
  within: string[] | null;
}

/**
 * Where a restore would write. This machine's policy decides, not the order; nothing is made yet. What is refused names the line of the
 * policy that would allow it.
 */
export async function allowedTarget(
  order: Asked,
  policyState: PolicyState,
  folder: AgentFolder,
): Promise<AllowedTarget> {
  if (!policyState.readable) {
    throw forbidden(`Nothing may be written: ${policyState.why}. Correct it on the machine.`);
  }
  const { policy } = policyState;
  const { target } = order;
  switch (target.kind) {
    case "original": {
      if (!policy.restoreToOriginal) {
        throw forbidden(
          `The policy of this machine does not allow restoring to original places. Its administrator can allow it with the line "restoreToOriginal": true in ${folder.policy}.`,
        );
      }
      if (!(await allMadeHere(order, folder))) {
        throw new AgentProblem(
          "archive-not-made-here",
          "This archive was not made by this agent, so it may not be written over the original files. Restore it to the restore folder and move the files yourself.",
        );
      }
      return { path: "/", within: null };
    }
    case "restore-folder": {
      const path = join(policy.restoreFolder, order.resume ?? order.jobId);
      return allowedWithin([policy.restoreFolder], path, folder);
    }
    case "folder":
      return allowedWithin([policy.restoreFolder, ...policy.restorePaths], target.path, folder);
  }
}

/** Whether this agent made every archive of the order itself. */
export async function allMadeHere(order: Asked, folder: AgentFolder): Promise<boolean> {
  for (const { borgId } of [order.archive, ...(order.more ?? []).map((part) => part.archive)]) {
    if (!(await madeHere(folder, order.repository.repositoryId, borgId))) return false;
  }
  return true;
}

/**
 * Makes the folder (0700: what comes back may be more private than where it lands) and holds it open. It is looked at again after that, so
 * that a link slipped in between is refused. The caller closes it.
 */
export async function openTarget({ path, within }: AllowedTarget): Promise<PinnedFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw forbidden(`${path} cannot be made: ${error instanceof Error ? error.message : error}`);
  }
  const real = await realpath(path);
  const fits = within === null || within.some((base) => isWithin(base, real));
  const pinned = fits ? await pinFolder(real) : null;
  if (pinned === null) throw forbidden(`${path} leads out of the folders that this machine allows.`);
  return pinned;
}

async function allowedWithin(
  allowed: readonly string[],
  path: string,
  folder: AgentFolder,
): Promise<AllowedTarget> {
  const place = await realPlace(path);
  const within: string[] = [];
  for (const base of allowed) {
    const real = await realPlace(base);
    if (real !== null) within.push(real);
  }
  if (place !== null && within.some((base) => isWithin(base, place))) return { path: place, within };
  throw forbidden(
    `The policy of this machine does not allow restoring into ${path}. It allows folders below: ${allowed.join(", ")}. Its administrator can add ${JSON.stringify(path)} to "restorePaths" in ${folder.policy}.`,
  );
}

function forbidden(say: string): AgentProblem {
  return new AgentProblem("policy-forbids-target", say);
}
