import { performance } from "node:perf_hooks";
import { showPath } from "~/domain/archive-path";
import type { Certificate } from "~/domain/certificate";
import { judgeDrill } from "~/domain/drill";
import type { JobProblem } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import type { SampleResult } from "~/protocol/sample";
import { type Ctx, makeContext } from "../context";
import { type Hold, noteProgress } from "../jobs/worker-jobs";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { chooseFiles, type SampleFile } from "../restores/drills/choose-files";
import { readSample } from "../restores/drills/drillable";
import { type Brought, readFilesBack, readWholeBack } from "../restores/drills/read-back";
import { type DrillReading, drillCertificate } from "./drill-certificate";
import { issueCertificate } from "./issue-certificate";
import { type DrillJob, readDrilled } from "./read-drilled";
import { readOntoClient } from "./read-onto-client";

/**
 * Reads files back out of an archive on the storage node, or takes what another machine told of those that it brought back, compares them with
 * what the machine hashed of its live ones, and issues a signed certificate of it, whatever came of it. Nothing of the files is kept. May run
 * twice: there is one certificate for a job. Refuses archive-missing, repository-quarantined, client-offline where the other machine told
 * nothing, and invalid-input where nothing could be read that says anything.
 */
export async function carryOutDrill(
  ctx: Ctx,
  keeper: Keeper,
  job: DrillJob,
): Promise<{ result: Record<string, unknown>; problem: JobProblem | null }> {
  const { payload } = job;
  const about = await readDrilled(ctx, job);
  const sample = await readSample(ctx, about.archive.jobId);
  const chosen = chooseFiles(sample, payload);
  const reading = payload.onto
    ? await readOntoClient(ctx, { onto: payload.onto, chosen })
    : await readArchive(ctx, keeper, { sample, chosen, job });
  const missingCanaries = (sample?.withoutHash ?? []).flatMap(({ path, why }) =>
    why === "missing" ? [path] : [],
  );
  const judged = judgeDrill({
    files: reading.files.map(({ path, readBack }) => ({ path: showPath(path), readBack })),
    missingCanaries: missingCanaries.map(showPath),
    ...(reading.whole ? { stoppedBy: reading.whole.stoppedBy } : {}),
  });
  if (judged === null) {
    throw new Refusal("invalid-input", {
      say: `The machine has hashed no file of ${payload.archiveName} that this drill reads${whyNone(sample)}, so there is nothing to compare with.`,
    });
  }
  const certificate = drillCertificate({ job, about, sample, reading, missingCanaries, judged });
  await ctx.db.transaction((tx) => keep({ ...ctx, db: tx }, certificate, job));
  const { restored, outcome, say } = certificate;
  return {
    result: { outcome, say, ...restored, milliseconds: reading.milliseconds, scope: payload.scope },
    problem: outcome === "failed" ? { code: "drill-failed", say } : null,
  };
}

async function readArchive(
  ctx: Ctx,
  keeper: Keeper,
  { sample, chosen, job }: { sample: SampleResult | null; chosen: readonly SampleFile[]; job: DrillJob },
): Promise<DrillReading> {
  const { clientId, repositoryId, payload } = job;
  const { scope, archiveName } = payload;
  const { borgVersion } = await keeper.call("status", {});
  const passphrase = await openPassphrase(ctx, repositoryId);
  const archive = { clientId, repositoryId, archiveName, passphrase };
  const began = performance.now();
  const back =
    sample === null
      ? { files: [], brought: { files: 0, bytes: 0 } }
      : await readFilesBack(keeper, archive, { files: chosen, salt: sample.salt });
  const afterFiles = performance.now();
  const whole = scope === "everything" ? await readWholeBack(keeper, archive, progressOf(job.hold)) : null;
  // The rate is that of the longer reading alone, which brought everything.
  const milliseconds = Math.max(1, Math.round(performance.now() - (whole ? afterFiles : began)));
  const brought = whole ? { files: whole.files, bytes: whole.bytes } : back.brought;
  return {
    ...{ files: back.files, whole, brought, startedAt: ctx.now, milliseconds },
    ...{ onto: "storage-node", borgVersion },
  };
}

/** How far a reading of everything is, told now and then. It is only shown: one that cannot be written is left out. */
function progressOf(hold: Hold): (brought: Brought) => void {
  let toldAt = performance.now();
  return ({ files, bytes }) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    const ctx = makeContext({ kind: "worker" });
    void noteProgress(ctx, hold, {
      ...{ phase: "reading back", files, originalBytes: bytes, compressedBytes: 0, deduplicatedBytes: 0 },
      ...{ totalBytes: null, totalFiles: null, currentPath: null, at: ctx.now.toISOString() },
    }).catch(() => undefined);
  };
}

const TELL_EVERY_MS = 2_000;

async function keep(ctx: Ctx, certificate: Certificate, job: DrillJob): Promise<void> {
  const { clientId, repositoryId, payload } = job;
  const id = await issueCertificate(ctx, certificate, { archiveId: payload.archiveId });
  if (id === null || certificate.outcome !== "failed") return;
  await appendEntry(ctx, {
    action: "drill.failed",
    say: `The restore drill of the archive ${payload.archiveName} failed: ${certificate.say}`,
    ...{ clientId, repositoryId },
    detail: { jobId: job.hold.jobId, certificateId: id, archiveId: payload.archiveId },
  });
}

function whyNone(sample: SampleResult | null): string {
  const changed = sample === null ? 0 : sample.dropped + sample.withoutHash.length;
  return changed === 0 ? "" : ` (${changed} changed while they were backed up, or could not be read)`;
}
