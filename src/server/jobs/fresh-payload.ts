import { renewedArchiveName } from "~/domain/archive-name";
import { type JobPayload, jobPayloads } from "~/domain/job-payload";
import { newId } from "../db/new-id";

/** The same order for another try, except that another try of a backup makes an archive of another name. */
export function freshPayload(job: { kind: string; payload: JobPayload }, now: Date): JobPayload {
  if (job.kind !== "backup") return job.payload;
  const payload = jobPayloads.backup.parse(job.payload);
  return { ...payload, archiveName: renewedArchiveName(payload.archiveName, now, newId()) };
}
