import { z } from "zod";
import { archiveParts, bytes, id, passphrase, repository } from "./fields";

/** Restores onto the storage server itself: into `restored/<id>` of its data folder, for whoever is root there. */
export const serverRestoresVerbs = {
  /** Into a new folder. Twice with the same id: what the first attempt left is thrown away. `bytes`: how much it is in all, null: not known. */
  "restore-to-folder": {
    input: z.object({
      ...repository,
      passphrase,
      restoreId: id,
      bytes: bytes.nullable(),
      parts: archiveParts,
    }),
    output: z.object({
      /** Where it lies on the storage server. */
      folder: z.string(),
      files: bytes,
      directories: bytes,
      bytes,
      /** What was not restored and why; the first hundred. */
      skipped: z.array(z.object({ path: z.string(), why: z.string() })).max(100),
      skippedCount: bytes,
    }),
  },
} as const;
