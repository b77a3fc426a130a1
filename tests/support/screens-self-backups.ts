import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { selfBackups } from "~/server/db/schema/system";
import { makeRecoveryKey } from "~/server/system/self-backup/make-recovery-key";

const DAY = 86_400_000;

/** Five nights of this server's own backups: made, one of them failed, the oldest removed since. */
export async function seedSelfBackups(ctx: Ctx): Promise<void> {
  const { publicKey } = await makeRecoveryKey(ctx);
  const night = Math.floor(ctx.now.getTime() / DAY) * DAY + 2 * 3_600_000;
  const rows = [1, 2, 3, 4, 5].map((ago) => {
    const at = new Date(night - ago * DAY);
    const all = { id: newId(), requestedBy: null, createdAt: at, startedAt: at, endedAt: at, lease: 1 };
    if (ago === 3)
      return { ...all, state: "failed" as const, problem: "There is no room for it in the location main." };
    return {
      ...{ ...all, state: "succeeded" as const, recoveryKey: publicKey, bytes: 48_211_968 - ago * 310_400 },
      ...{
        fileName: `bbs-self-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.bbsbackup`,
        locations: ["main"],
      },
      removedAt: ago === 5 ? new Date(night) : null,
    };
  });
  await ctx.db.insert(selfBackups).values(rows);
}
