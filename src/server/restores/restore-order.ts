import { eq } from "drizzle-orm";
import { type JobPayloadOf, jobPayloads } from "~/domain/job-payload";
import type { RestoreOrder } from "~/protocol/v1";
import { pinnedSshTarget } from "../clients/ssh-target";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import type { HandedOut } from "../jobs/hand-out-jobs";
import { openRepositoryAccess } from "../repositories/open-repository-access";
import { repositoryPath } from "../repositories/render-url";
import { openParcelPassphrase } from "./parcel-passphrase";
import { refuseWithoutDrills } from "./restorable-archive";

/** What the agent is told to do for a restore. As with a backup, the passphrase is opened only here. */
export async function restoreOrder(ctx: Ctx, job: HandedOut): Promise<RestoreOrder> {
  const payload = jobPayloads.restore.parse(job.payload);
  const { existing, owners, dryRun, resumes, totals } = payload;
  if (payload.drill) refuseWithoutDrills(await clientOf(ctx, job));
  return {
    kind: "restore",
    jobId: job.id,
    lease: job.lease,
    ...(payload.parcel
      ? await fromParcel(ctx, job, payload.parcel)
      : await fromRepository(ctx, job, payload)),
    target: payload.target,
    ...(payload.database ? { database: payload.database } : {}),
    ...(existing ? { existing } : {}),
    ...(owners ? { owners } : {}),
    ...(dryRun ? { dryRun } : {}),
    ...(resumes ? { resume: resumes } : {}),
    ...(totals ? { totals } : {}),
    ...(payload.drill ? { drill: payload.drill } : {}),
  };
}

/** As it has just said of itself: an agent that was put back to an older one since would keep the files. */
async function clientOf(ctx: Ctx, job: HandedOut) {
  const [client] = await ctx.db
    .select({ name: clients.name, machine: clients.machine })
    .from(clients)
    .where(eq(clients.id, job.clientId));
  if (!client) throw new Error(`job ${job.id} is of no client`);
  return client;
}

type Source = Pick<RestoreOrder, "repository" | "archive" | "paths" | "more">;
type Payload = JobPayloadOf<"restore">;

async function fromRepository(ctx: Ctx, job: HandedOut, payload: Payload): Promise<Source> {
  const more = payload.more?.map(({ borgId, archiveName: name, paths }) => ({
    archive: { borgId, name },
    paths,
  }));
  return {
    repository: await openRepositoryAccess(ctx, job),
    archive: { borgId: payload.borgId, name: payload.archiveName },
    paths: payload.paths,
    ...(more ? { more } : {}),
  };
}

/** The parcel's archives whole: nothing else is in them. The machine gets no key of the repository that they come from. */
async function fromParcel(ctx: Ctx, job: HandedOut, parcel: NonNullable<Payload["parcel"]>): Promise<Source> {
  const passphrase = await openParcelPassphrase(ctx, parcel.id);
  const [archive, ...more] = parcel.archives ?? [];
  if (passphrase === null || !archive) {
    throw new Error(`the parcel ${parcel.id} of job ${job.id} was not made, or is gone`);
  }
  return {
    repository: {
      ...{ repositoryId: parcel.id, path: repositoryPath(parcel.id), passphrase },
      ssh: await pinnedSshTarget(ctx, job.clientId),
    },
    ...{ archive, paths: [] },
    ...(more.length > 0 ? { more: more.map((one) => ({ archive: one, paths: [] })) } : {}),
  };
}
