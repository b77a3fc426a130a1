import { z } from "zod";
import { clientId, idText, repositoryId } from "~/domain/id";
import { givenName } from "~/domain/name";
import {
  discardImport,
  listImports,
  requestAdoption,
  requestInspection,
} from "~/server/maintenance/request-import";
import { router, signedIn } from "../trpc";

/** What lies in an import folder is no client's yet, so it is an admin's. */
const administer = signedIn.meta({ permission: "administer" });
const byId = z.object({ id: repositoryId });

export const repositoryImportsRouter = router({
  list: administer.query(({ ctx }) => listImports(ctx)),
  inspect: administer
    .input(
      z.object({
        of: z.union([z.object({ candidateId: idText }), z.object({ repositoryId })]),
        clientId: clientId.nullable(),
        /** For a repository whose client is not known here any more. */
        clientName: givenName.nullable().default(null),
        name: givenName,
        /** As it was typed; only an unencrypted repository has none. */
        passphrase: z.string().max(1024),
        /** What `borg key export` printed, for modes with a key file. */
        key: z.string().max(16_384).nullable().default(null),
      }),
    )
    .mutation(({ ctx, input }) => requestInspection(ctx, input)),
  adopt: administer.input(byId).mutation(({ ctx, input }) => requestAdoption(ctx, input)),
  discard: administer.input(byId).mutation(async ({ ctx, input }) => {
    await discardImport(ctx, input);
    return {};
  }),
});
