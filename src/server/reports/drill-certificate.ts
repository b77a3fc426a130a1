import { nameParts, showPath } from "~/domain/archive-path";
import { CERTIFICATE_FORMAT, type Certificate } from "~/domain/certificate";
import type { DrillOutcome } from "~/domain/drill";
import { env } from "~/env";
import type { SampleResult } from "~/protocol/sample";
import manifest from "../../../package.json";
import { newId } from "../db/new-id";
import type { Brought, ReadFile, ReadWhole } from "../restores/drills/read-back";
import type { Drilled, DrillJob } from "./read-drilled";

/** What came out of the archive, and when. */
export interface DrillReading {
  files: ReadFile[];
  whole: ReadWhole | null;
  brought: Brought;
  startedAt: Date;
  milliseconds: number;
}

/** What is signed of a drill. */
export function drillCertificate(given: {
  job: DrillJob;
  about: Drilled;
  sample: SampleResult | null;
  reading: DrillReading;
  /** base64. */
  missingCanaries: readonly string[];
  judged: { outcome: DrillOutcome; say: string };
  borgVersion: string | null;
}): Certificate {
  const { about, job, reading, sample } = given;
  const { hold, payload } = job;
  const { brought, milliseconds, startedAt } = reading;
  return {
    format: CERTIFICATE_FORMAT,
    id: newId(),
    server: { address: env().appUrl, version: manifest.version },
    ...{ client: about.client, plan: about.plan, repository: about.repository },
    archive: {
      ...{ id: about.archive.borgId, name: about.archive.name },
      committedAt: about.archive.observedAt.toISOString(),
    },
    drill: {
      ...{ jobId: hold.jobId, scope: payload.scope, onto: "storage-node", seed: payload.seed },
      startedAt: startedAt.toISOString(),
      endedAt: new Date(startedAt.getTime() + milliseconds).toISOString(),
      ...{ milliseconds, borgVersion: given.borgVersion ?? "unknown" },
    },
    sample: sample && {
      ...{ seed: sample.seed, algorithm: "HMAC-SHA-256", salt: sample.salt },
      hashedFiles: sample.files.length,
    },
    files: reading.files.map(tellFile),
    missingCanaries: given.missingCanaries.map(showPath),
    everything: reading.whole,
    restored: { ...brought, bytesPerSecond: Math.round((brought.bytes * 1000) / milliseconds) },
    ...given.judged,
  };
}

function tellFile(file: ReadFile): Certificate["files"][number] {
  const { path, bytes, hash, restoredHash, readBack, canary } = file;
  const isPlain = nameParts(path).every(({ escaped }) => !escaped);
  return {
    ...{ path: showPath(path), bytes, hash, restoredHash, readBack, canary: canary === true },
    ...(isPlain ? {} : { pathBytes: path }),
  };
}
