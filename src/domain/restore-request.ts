import { z } from "zod";
import { archiveId, clientId } from "./id";

/** What happens to what is there already. A folder that is there stays, and takes the archive's mode and owner only with `overwrite`. */
export const EXISTING = ["overwrite", "keep-both", "only-missing"] as const;
export type Existing = (typeof EXISTING)[number];

/** `keep`: by name, by number where the machine does not know the name; `none`: files of whoever restores, with the usual modes. */
export const OWNERS = ["keep", "numeric", "none"] as const;
export type Owners = (typeof OWNERS)[number];

/** Where a restore writes; `server-folder` is below the server's own restore folder, for an admin on that machine. */
export const restorePlace = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("original") }),
  z.object({ kind: z.literal("restore-folder") }),
  z.object({ kind: z.literal("folder"), path: z.string().startsWith("/").max(4096) }),
  z.object({ kind: z.literal("server-folder") }),
]);
export type RestorePlace = z.output<typeof restorePlace>;

/** What of one archive, as base64 of the paths that it stores; none: everything. */
export const restorePart = z.object({
  archiveId,
  paths: z.array(z.base64().max(8192)).max(10_000),
});

/** What a person asks for with a restore. Parts are of one repository and written in this order: of the same path the last one stays. */
export const restoreRequest = z.object({
  parts: z.array(restorePart).min(1).max(50),
  /** Absent: the machine that made the archives. */
  toClientId: clientId.optional(),
  target: restorePlace,
  existing: z.enum(EXISTING),
  owners: z.enum(OWNERS),
  /** Only tells what would be written. */
  dryRun: z.boolean(),
});
export type RestoreRequest = z.output<typeof restoreRequest>;
