import { z } from "zod";

/** Ids as the keeper takes them: it derives every file-system path from them. */
export const id = z.string().regex(/^[a-z0-9]{1,20}$/);
export const passphrase = z.string().min(1).max(1024);
export const bytes = z.number().int().nonnegative();
export const repository = { clientId: id, repositoryId: id };
/** Name of a storage location, as the node's own configuration gives it; never a path. */
export const locationName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
/** What is taken out of archives of one repository, in this order; of the same path the last one counts. */
export const archiveParts = z
  .array(
    z.object({
      borgId: z.string().regex(/^[0-9a-f]{64}$/),
      archiveName: z.string().min(1).max(255),
      /** As stored; none: everything. */
      paths: z.array(z.base64().max(8192)).max(10_000),
    }),
  )
  .min(1)
  .max(50);
