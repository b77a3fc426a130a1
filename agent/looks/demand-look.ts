import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import type { AgentFolder } from "../agent-folder";
import { AgentProblem } from "../agent-problem";
import { realPlace } from "../allowed-paths";
import type { PolicyState } from "../policy";

/** What a look may see: the real places of the policy's `readPaths`, each with the path that the policy names it by. */
export type LookLimits = {
  bases: { named: string; real: string }[];
  /** The agent's own folder, which holds this machine's keys: by its place and by what it is, whatever way leads there. */
  own: { place: string; is: (found: { dev: bigint | number; ino: bigint | number }) => boolean };
};

/** Refuses every look that this machine's own policy does not allow; the server has no say in it. */
export async function demandLook(policy: PolicyState, folder: AgentFolder): Promise<LookLimits> {
  if (!policy.readable)
    throw forbidden(`Nothing may be looked at: ${policy.why}. Correct it on the machine.`);
  if (policy.policy.browse !== true) {
    throw forbidden(
      `The policy of this machine does not allow looking at its files. Its administrator can add "browse": true to ${folder.policy}.`,
    );
  }
  const bases: LookLimits["bases"] = [];
  for (const named of policy.policy.readPaths) {
    const real = await realPlace(named);
    if (real !== null) bases.push({ named: withoutEnd(named), real });
  }
  const place = (await realPlace(folder.folder)) ?? folder.folder;
  const found: BigIntStats = await stat(folder.folder, { bigint: true });
  return {
    bases,
    own: { place, is: ({ dev, ino }) => BigInt(dev) === found.dev && BigInt(ino) === found.ino },
  };
}

export function forbidden(say: string): AgentProblem {
  return new AgentProblem("policy-forbids-looking", say);
}

/** Without slashes at the end; the top is the empty text, so that a slash and a name can follow. */
export function withoutEnd(path: string): string {
  return path.replace(/\/+$/, "");
}
