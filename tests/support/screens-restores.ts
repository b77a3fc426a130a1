import { archiveId } from "~/domain/id";
import type { JobState } from "~/domain/job";
import { jobPayloads } from "~/domain/job-payload";
import { restoreResult } from "~/protocol/v1";
import type { jobs } from "~/server/db/schema/jobs";

const b64 = (path: string) => Buffer.from(path).toString("base64");
type Row = typeof jobs.$inferInsert & { id: string };

const HOUR = 3_600_000;
const MIB = 1024 ** 2;
const none = { files: 0, bytes: 0 };

/** A restore that ended well, one that was cancelled in the middle, and a dry run. `row` makes a job of the plan that the archive is of. */
export function restoreRows(
  row: (run: { startedAt: Date; seconds: number; state: JobState }) => Row,
  archive: { id: string; name: string; borgId: string },
  now: Date,
) {
  const paths = [b64("etc/nginx"), b64("etc/hosts")];
  const asked = { archiveId: archiveId.parse(archive.id), archiveName: archive.name, borgId: archive.borgId };
  const restore = (hours: number, state: JobState, rest: { payload: object; result: object }) => {
    const made = row({ startedAt: new Date(now.getTime() - hours * HOUR), seconds: 34, state });
    return {
      ...made,
      ...({ kind: "restore", lane: "restore", planId: null } as const),
      payload: jobPayloads.restore.parse({ ...asked, paths, ...rest.payload }),
      result: restoreResult.parse({
        ...{ kind: "restore", files: 0, directories: 0, bytes: 0, skipped: [], skippedCount: 0 },
        ...{ writtenTo: `/var/lib/bbs-agent/restores/${made.id}`, borgExitCode: 0 },
        ...rest.result,
      }),
    };
  };
  const written = ["etc/hosts", "etc/nginx/nginx.conf", "etc/nginx/mime.types"];
  return {
    restored: restore(26, "succeeded", {
      payload: { target: { kind: "restore-folder" } },
      result: {
        ...{ files: 214, directories: 38, bytes: 3_417_221, skippedCount: 1 },
        skipped: [{ path: "etc/nginx/run.sock", why: "sockets are not stored" }],
        skippedBy: [{ why: "sockets are not stored", count: 1 }],
        written: { paths: written, list: null },
      },
    }),
    cutOff: {
      ...restore(20, "cancelled", {
        payload: { target: { kind: "folder", path: "/srv/back" }, existing: "keep-both", owners: "numeric" },
        result: {
          ...{ files: 91, directories: 12, bytes: 41 * MIB, writtenTo: "/srv/back" },
          written: { paths: written, list: "/var/lib/bbs-agent/restored/list.txt" },
          waitsIn: "/srv/back/.bbs-restore-k3v9",
        },
      }),
      cancelRequestedAt: new Date(now.getTime() - 20 * HOUR + 30_000),
      problem: { code: "cancelled", say: "Somebody cancelled it." },
    },
    dryRun: restore(2, "succeeded", {
      payload: { target: { kind: "folder", path: "/srv/back" }, existing: "only-missing", dryRun: true },
      result: {
        writtenTo: null,
        wouldWrite: {
          ...{ create: { files: 180, bytes: 3 * MIB }, replace: none, keepBoth: none },
          ...{ skip: { files: 34, bytes: 417_221 }, directories: 4 },
          sample: [
            { path: "etc/hosts", becomes: "skip", bytes: 221 },
            { path: "etc/nginx/nginx.conf", becomes: "create", bytes: 4127 },
            { path: "etc/nginx/sites-available/shop.example.org.conf", becomes: "create", bytes: 2210 },
          ],
        },
      },
    }),
  };
}
