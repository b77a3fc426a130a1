import type { JobKind } from "~/domain/job";

/** Every kind of job in words. */
export const JOB_KIND_NAMES: Record<JobKind, string> = {
  backup: "Backup",
  restore: "Restore",
  "provision-client": "Prepare client",
  "remove-client": "Remove client",
  "create-repository": "Make repository",
  "record-archives": "Record archives",
  "list-folder": "Read folder",
  "delete-archives": "Delete archives",
};

/** "Backup of web-01 · etc and home". */
export function jobTitle(job: { kind: JobKind; clientName: string; planName: string | null }): string {
  const what = `${JOB_KIND_NAMES[job.kind]} of ${job.clientName}`;
  return job.planName ? `${what} · ${job.planName}` : what;
}
