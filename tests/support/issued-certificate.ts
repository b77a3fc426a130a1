import { CERTIFICATE_FORMAT, CERTIFICATE_FORMAT_ONTO_CLIENT, type Certificate } from "~/domain/certificate";
import type { DrillOutcome, DrillScope } from "~/domain/drill";
import { jobPayloads } from "~/domain/job-payload";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { jobs } from "~/server/db/schema/jobs";
import { issueCertificate } from "~/server/reports/issue-certificate";

/** What a drill of an archive could have come to, signed and kept. */
export async function issuedCertificate(
  ctx: Ctx,
  of: {
    client: { id: string; name: string };
    plan: { id: string; name: string } | null;
    repository: { id: string; name: string };
    archive: { id: string; borgId: string; name: string };
  },
  change: {
    endedAt?: Date;
    outcome?: DrillOutcome;
    scope?: DrillScope;
    restored?: Certificate["restored"];
    milliseconds?: number;
    /** The machine on which it was restored; absent: the storage node. */
    onto?: { id: string; name: string };
  } = {},
): Promise<{ id: string; jobId: string }> {
  const { endedAt = ctx.now, outcome = "proved", milliseconds = 2500, scope = "random" } = change;
  const differs = outcome === "failed";
  const drill = {
    ...{ jobId: newId(), scope, seed: "0123456789abcdef".repeat(2), milliseconds, borgVersion: "1.2.4" },
    startedAt: new Date(endedAt.getTime() - milliseconds).toISOString(),
    endedAt: endedAt.toISOString(),
  };
  const certificate: Certificate = {
    ...(change.onto
      ? { format: CERTIFICATE_FORMAT_ONTO_CLIENT, drill: { ...drill, onto: { client: change.onto } } }
      : { format: CERTIFICATE_FORMAT, drill: { ...drill, onto: "storage-node" } }),
    ...{ id: newId(), server: { address: "https://backup.example.test", version: "1.0.0" } },
    ...{ client: of.client, plan: of.plan, repository: of.repository },
    archive: { id: of.archive.borgId, name: of.archive.name, committedAt: "2026-11-22T02:00:00.000Z" },
    sample: {
      ...{ seed: "fedcba9876543210".repeat(2), algorithm: "HMAC-SHA-256", hashedFiles: 16 },
      salt: `${"A".repeat(42)}E=`,
    },
    files: ["etc/hosts", "etc/passwd", "srv/www/index.html"].map((path, at) => ({
      ...{ path, bytes: 220 + at, hash: "ab".repeat(32), canary: at === 0 },
      restoredHash: (differs && at === 2 ? "cd" : "ab").repeat(32),
      readBack: differs && at === 2 ? ("differs" as const) : ("same" as const),
    })),
    ...{ missingCanaries: [], everything: null, outcome },
    restored: change.restored ?? { files: 3, bytes: 663, bytesPerSecond: 265 },
    say: differs
      ? "Srv/www/index.html differs from what the machine hashed."
      : "3 files are the same from the machine's disk to the restored byte.",
  };
  const { jobId } = drill;
  await ctx.db.insert(jobs).values({
    ...{ id: jobId, runId: jobId, kind: "drill", executor: "worker", lane: "storage" },
    ...{ clientId: of.client.id, repositoryId: of.repository.id, planId: of.plan?.id ?? null },
    ...{ state: differs ? "warned" : "succeeded", createdAt: endedAt, startedAt: endedAt, endedAt },
    payload: jobPayloads.drill.parse({
      ...{ archiveId: of.archive.id, archiveName: of.archive.name, borgId: of.archive.borgId },
      ...{ scope, files: 10, seed: drill.seed },
    }),
    result: { kind: "drill", outcome, say: certificate.say, ...certificate.restored, milliseconds },
    problem: differs ? { code: "drill-failed", say: certificate.say } : null,
  });
  await issueCertificate(ctx, certificate, { archiveId: of.archive.id });
  return { id: certificate.id, jobId };
}
