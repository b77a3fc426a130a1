import { z } from "zod";
import { bytes, locationName, passphrase, repository } from "./fields";

/** What a repair came to. */
export const repairReport = z.object({
  /** Archives of the ledger that are not listed after it. */
  lostArchives: z.array(z.object({ borgId: z.string(), name: z.string() })),
  archivesBefore: bytes,
  archivesAfter: bytes,
  /** Files in which borg put zeros in the place of what was lost: archive and path as borg tells them, at most 200. */
  damagedFiles: z.array(z.object({ archive: z.string(), path: z.string() })),
  damagedFileCount: bytes,
  /** borg's own words, at most 100. */
  said: z.array(z.string()),
  /** The copy of before is kept until then. */
  copyKeptUntil: z.string(),
  seconds: z.number(),
});
export type RepairReport = z.output<typeof repairReport>;

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
  /**
   * Moves a repository with its vault to another location of this node: audited and sealed first, copied, read back, checked by borg, held
   * against the ledger; then one write makes the other place the true one. Nobody is let in meanwhile. `from` null: it was there already.
   * Refuses `disk-full` unless the reserve stays free, `repository-held`, `not-allowed` with what speaks against it.
   */
  "move-repository": {
    input: z.object({ ...repository, passphrase, location: locationName }),
    output: z.object({
      location: locationName,
      from: locationName.nullable(),
      bytes,
      segments: bytes,
      /** The old place is kept until then. */
      oldKeptUntil: z.string().nullable(),
      seconds: z.number(),
    }),
  },
  /** How far a move or a repair is; null: none is under way. */
  "work-progress": {
    input: z.object(repository),
    output: z.object({
      progress: z
        .object({
          phase: z.enum(["copying", "checking", "listing", "repairing", "ending"]),
          doneBytes: bytes,
          totalBytes: bytes,
        })
        .nullable(),
    }),
  },
  /**
   * Lets borg repair a repository in which a check found damage. Keeps a copy first and holds the repository, until a person accepts the result
   * (`accept-state`) or puts the copy back (`undo-repair`). Refuses `not-allowed` where no check has found damage and where archives of the
   * ledger are not listed any more: borg would delete their data. Asked again while nobody has decided, it answers what it told before.
   */
  "repair-repository": {
    input: z.object({ ...repository, passphrase }),
    output: repairReport,
  },
  /** Puts back the copy of before a repair, exactly. Refuses `not-allowed` once something was written since the repair was accepted. May run twice. */
  "undo-repair": {
    input: z.object(repository),
    output: z.object({ undone: z.boolean() }),
  },
} as const;
