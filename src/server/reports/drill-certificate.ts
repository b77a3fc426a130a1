import { nameParts, showPath } from "~/domain/archive-path";
import { CERTIFICATE_FORMAT, CERTIFICATE_FORMAT_ONTO_CLIENT, type Certificate } from "~/domain/certificate";
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
  onto: Certificate["drill"]["onto"];
  /** Of the borg that read it; null: unknown. */
  borgVersion: string | null;
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
}): Certificate {
  const { about, job, reading, sample } = given;
  const { hold, payload } = job;
  const { brought, milliseconds, onto, startedAt } = reading;
  const drill = {
    ...{ jobId: hold.jobId, scope: payload.scope, seed: payload.seed },
    startedAt: startedAt.toISOString(),
    endedAt: new Date(startedAt.getTime() + milliseconds).toISOString(),
    ...{ milliseconds, borgVersion: reading.borgVersion ?? "unknown" },
  };
  return {
    ...(onto === "storage-node"
      ? { format: CERTIFICATE_FORMAT, drill: { ...drill, onto } }
      : { format: CERTIFICATE_FORMAT_ONTO_CLIENT, drill: { ...drill, onto } }),
    id: newId(),
    server: { address: env().appUrl, version: manifest.version },
    ...{ client: about.client, plan: about.plan, repository: about.repository },
    archive: {
      ...{ id: about.archive.borgId, name: about.archive.name },
      committedAt: about.archive.observedAt.toISOString(),
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
