import { z } from "zod";
import { bytes } from "./fields";

const kept = z.object({
  /** `bbs-self-<UTC time>.bbsbackup`. */
  name: z.string().regex(/^bbs-self-\d{8}-\d{6}\.bbsbackup$/),
  bytes,
  madeAt: z.string(),
});

/** Backups of this server itself: files in the vault of each storage location, that only root can read. */
export const selfBackupVerbs = {
  /**
   * Writes one. The caller streams its part in (the database; opaque here), the keeper adds what only it can read, and all of it is encrypted to
   * the recovery key alone: nothing on this machine opens it again. Cut off at any point: nothing is kept. Nobody can make the
   * keeper forget good ones by asking often: it removes what is older than 14 days and not among the newest 14, and takes ten a day.
   */
  "self-backup": {
    input: z.object({
      /** The public half: X25519, base64 of its 32 bytes. */
      recoveryKey: z.base64().length(44),
    }),
    output: z.object({
      name: kept.shape.name,
      bytes,
      /** Names of the storage locations that hold it. */
      locations: z.array(z.string()),
      /** What the main location holds now, the newest first. */
      kept: z.array(kept),
    }),
  },
} as const;
