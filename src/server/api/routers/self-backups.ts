import { z } from "zod";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import { listSelfBackups } from "~/server/system/self-backup/list-self-backups";
import { makeRecoveryKey } from "~/server/system/self-backup/make-recovery-key";
import { requestSelfBackup } from "~/server/system/self-backup/request-self-backup";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const selfBackupsRouter = router({
  list: administer.query(({ ctx }) => listSelfBackups(ctx)),
  start: administer.mutation(({ ctx }) => requestSelfBackup(ctx)),
  /** Its secret half is in this answer and nowhere else. */
  makeKey: administer.input(z.object({ typed: z.literal("recovery key") })).mutation(({ ctx }) => {
    demandConfirmed(ctx);
    return makeRecoveryKey(ctx);
  }),
});
