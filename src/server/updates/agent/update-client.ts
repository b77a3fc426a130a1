import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { jobPayloads } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { UPDATE_ABILITY } from "~/protocol/agent-update";
import { compareVersions, mayInstall, type ReleaseFile, releaseManifest } from "~/protocol/release";
import type { Machine } from "~/protocol/v1";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { jobs } from "../../db/schema/jobs";
import { releaseContents } from "../../db/schema/updates";
import { enqueueJob } from "../../jobs/enqueue-job";
import { appendEntry } from "../../journal/append-entry";
import { readRelease } from "../read-release";

/**
 * Has the agent of one client updated to a release that this server holds; a machine that is away does it when it is back. Asked twice for the
 * same, it answers the job that is under way. Refuses client-not-enrolled, agent-too-old (one that cannot update itself), not-found, and
 * invalid-input: another update is under way, the machine runs something newer or the same, or the release has no whole file for it. All
 * of this is only to tell a person early: the machine decides by what it trusts.
 */
export async function updateClient(
  ctx: Ctx,
  may: Authorized<"manage-clients">,
  input: { releaseId: string },
): Promise<{ jobId: string }> {
  const { clientId } = may;
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const client = await demandUpdatable(inTx, clientId);
    const release = await readRelease(inTx, { id: input.releaseId });
    const under = await findUnderWay(inTx, clientId);
    if (under?.releaseId === release.id) return { jobId: under.jobId };
    if (under) {
      const say = `${client.name} is being updated to ${under.version} already. Wait for that, or cancel it.`;
      throw new Refusal("invalid-input", { say });
    }
    const file = await demandFile(inTx, client, release.manifest);
    const { version } = release;
    const payload = { releaseId: release.id, version, fileSha256: file.sha256 };
    const { jobId } = await enqueueJob(inTx, { kind: "update-agent", clientId, payload });
    await appendEntry(inTx, {
      action: "client.update.asked",
      say: `Had the agent of ${client.name} updated from ${client.machine.agentVersion} to ${version}.`,
      clientId,
      detail: { jobId, releaseId: release.id, version },
    });
    return { jobId };
  });
}

type Updatable = { name: string; machine: Machine };

/** Locks the client, so that two who ask at once begin one update. */
async function demandUpdatable(ctx: Ctx, clientId: string): Promise<Updatable> {
  const [client] = await ctx.db
    .select({ name: clients.name, machine: clients.machine })
    .from(clients)
    .where(and(eq(clients.id, clientId), isNull(clients.removedAt)))
    .for("no key update");
  if (!client?.machine) {
    throw new Refusal("client-not-enrolled", { say: "This machine is not enrolled. Enrol it first." });
  }
  const { name, machine } = client;
  if (!machine.abilities?.includes(UPDATE_ABILITY)) {
    throw new Refusal("agent-too-old", {
      say: `The agent on ${name} cannot update itself: it is an older one, or runs without its launcher (bbs-agent run). Run the installation line there once more.`,
    });
  }
  return { name, machine };
}

async function findUnderWay(ctx: Ctx, clientId: string) {
  const [job] = await ctx.db
    .select({ jobId: jobs.id, payload: jobs.payload })
    .from(jobs)
    .where(and(eq(jobs.clientId, clientId), eq(jobs.kind, "update-agent"), isNull(jobs.endedAt)))
    .limit(1);
  return job ? { jobId: job.jobId, ...jobPayloads["update-agent"].parse(job.payload) } : null;
}

async function demandFile(ctx: Ctx, { name, machine }: Updatable, bytes: Buffer): Promise<ReleaseFile> {
  const manifest = releaseManifest.parse(JSON.parse(bytes.toString("utf8")));
  if (manifest.product !== "agent-and-server") {
    throw new Refusal("invalid-input", { say: "This is a release of borg, not of the agent." });
  }
  const { agentVersion, platform, arch } = machine;
  if (compareVersions(manifest.version, agentVersion) <= 0) {
    throw new Refusal("invalid-input", {
      say: `${name} runs ${agentVersion}, which is not older than ${manifest.version}.`,
    });
  }
  const found = mayInstall(manifest, { kind: "agent", floor: agentVersion, platform, arch });
  if ("refused" in found) {
    const say =
      found.refused === "too-old-to-update"
        ? `${manifest.version} needs ${manifest.minimum.agent} at least; ${name} runs ${agentVersion}. Update to a release between the two first.`
        : `${manifest.version} has no agent for ${name} (${platform} ${arch}).`;
    throw new Refusal("invalid-input", { say });
  }
  const [stored] = await ctx.db
    .select({ sha256: releaseContents.sha256 })
    .from(releaseContents)
    .where(and(eq(releaseContents.sha256, found.file.sha256), isNotNull(releaseContents.storedAt)));
  if (stored) return found.file;
  const say = `The file of ${manifest.version} has not come whole to this server yet. Try again when it has.`;
  throw new Refusal("invalid-input", { say });
}
