import type { SshTarget } from "~/protocol/v1";
import { type Enrolling, enrolClient } from "../clients/enrol-client";
import { pinnedSshTarget } from "../clients/ssh-target";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";

export interface Admitted {
  clientId: string;
  clientName: string;
  /** Shown to the machine once. */
  apiKey: string;
  ssh: SshTarget;
}

/**
 * Lets a machine in with its enrolment token and queues the job that makes its account: all or nothing, so a token is not used up
 * while the storage node is unknown. Refuses as `enrolClient` does, and `storage-unavailable`.
 */
export async function admitMachine(ctx: Ctx, input: Enrolling): Promise<Admitted> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const enrolled = await enrolClient(inTx, input);
    const ssh = await pinnedSshTarget(inTx, enrolled.clientId);
    await enqueueJob(inTx, { kind: "provision-client", clientId: enrolled.clientId, payload: {} });
    return { ...enrolled, ssh };
  });
}
