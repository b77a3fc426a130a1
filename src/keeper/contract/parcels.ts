import { z } from "zod";
import { archiveParts, bytes, id, passphrase, repository } from "./fields";

/**
 * A parcel: a repository with a key of its own in the home of another client, that holds what was selected of some archives and nothing else.
 * That client can only read it, as long as it is there. It is not a repository of that client in any other way.
 */
export const parcelsVerbs = {
  /** Makes one. Twice with the same id: what the first attempt left is thrown away. `bytes`: how much it is in all, null: not known. */
  "make-parcel": {
    input: z.object({
      ...repository,
      passphrase,
      parcelId: id,
      toClientId: id,
      parcelPassphrase: passphrase,
      bytes: bytes.nullable(),
      parts: archiveParts,
    }),
    output: z.object({
      /** In the order of the parts. */
      archives: z.array(
        z.object({ borgId: z.string().regex(/^[0-9a-f]{64}$/), name: z.string(), files: bytes, bytes }),
      ),
    }),
  },
  /** Ends the sessions that read it and takes it away. One that is not there is gone already. */
  "remove-parcel": { input: z.object({ parcelId: id }), output: z.object({ wasThere: z.boolean() }) },
} as const;
