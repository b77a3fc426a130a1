import { z } from "zod";
import { bytes, passphrase, repository } from "./fields";

/** Work on sealed repositories that takes its time. */
export const maintenanceVerbs = {
  /**
   * Deletes for good what has been in the trash longer than the window, and checkpoints of interrupted backups, one by one by name;
   * compacts; seals anew and keeps the seal of before. Refuses (`not-allowed`) unless everything is audited and clean.
   */
  "compact-repository": {
    input: z.object({ ...repository, passphrase }),
    output: z.object({ deleted: z.array(z.string()), checkpoints: z.number().int(), freedBytes: bytes }),
  },
  /** Frees the space that seals from before compactions hold. */
  "release-old-seals": { input: z.object(repository), output: z.object({ freedBytes: bytes }) },
  /**
   * Reads sealed data again. `quick`: what no check has read yet. `rolling`: what waits longest, so that every byte is re-read within
   * `everyDays`. `full`: borg's own check of the sealed state. Backups go on meanwhile. Cut off, it goes on where it was.
   */
  "check-repository": {
    input: z.object({
      ...repository,
      passphrase,
      kind: z.enum(["quick", "full", "rolling"]),
      budgetSeconds: z.number().int().min(1).max(86_400),
      everyDays: z.number().int().min(1).max(3650),
    }),
    output: z.object({
      /** Nothing found by this check, and nothing left of what earlier ones found. */
      ok: z.boolean(),
      /** At most 50; `segment` null: about the archives. */
      findings: z.array(z.object({ segment: z.number().int().nullable(), say: z.string() })),
      findingCount: z.number().int(),
      segmentsRead: z.number().int(),
      bytesRead: bytes,
      /** False: the time was over first. */
      complete: z.boolean(),
      seconds: z.number(),
      totalBytes: bytes,
      coveredBytes: bytes,
      /** Stored or read last before the days that are promised. */
      overdueBytes: bytes,
      oldestReadAt: z.string().nullable(),
    }),
  },
} as const;
