import { join } from "node:path";
import { makePlan, makeRepository } from "../support/backup-story";
import type { FaultLab } from "./lab";
import { done } from "./story";

/** A second repository of the machine, for what may hold one up: one that is held takes no backups. */
export interface Guarded {
  repositoryId: string;
  planId: string;
}

const made = new WeakMap<FaultLab, Promise<Guarded>>();

/** Made when it is first asked for. It is called `guarded` and has an archive. */
export function guardedOf(lab: FaultLab): Promise<Guarded> {
  const guarded = made.get(lab) ?? make(lab);
  made.set(lab, guarded);
  return guarded;
}

async function make(lab: FaultLab): Promise<Guarded> {
  const { bbs } = lab.stack;
  const { clientId } = lab.machine;
  const repositoryId = await makeRepository(bbs, clientId, { name: "guarded" });
  const planId = await makePlan(bbs, {
    ...{ clientId, repositoryId, name: "guarded", sources: [join(lab.files, "small")] },
  });
  await done(lab, bbs.plans.run.mutate({ id: planId }));
  return { repositoryId, planId };
}
