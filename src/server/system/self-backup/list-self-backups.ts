import { desc } from "drizzle-orm";
import type { Ctx } from "../../context";
import { selfBackups } from "../../db/schema/system";
import { readSetting } from "../../settings/read-setting";
import { recoveryKeyId } from "./make-recovery-key";

const MOST = 60;

/** Backups of this server, the newest first, and what opens new ones. `there`: the file is kept. For admins and `bbs-admin`: the caller has asked who may. */
export async function listSelfBackups(ctx: Pick<Ctx, "db">) {
  const { publicKey, madeAt } = await readSetting(ctx, "recovery-key");
  const rows = await ctx.db
    .select()
    .from(selfBackups)
    .orderBy(desc(selfBackups.createdAt), desc(selfBackups.id))
    .limit(MOST);
  return {
    recoveryKey: publicKey === "" ? null : { id: recoveryKeyId(publicKey), madeAt },
    backups: rows.map((row) => ({
      ...{
        id: row.id,
        state: row.state,
        createdAt: row.createdAt,
        endedAt: row.endedAt,
        problem: row.problem,
      },
      ...{ fileName: row.fileName, bytes: row.bytes, locations: row.locations ?? [] },
      there: row.state === "succeeded" && row.removedAt === null,
      recoveryKeyId: row.recoveryKey === null ? null : recoveryKeyId(row.recoveryKey),
    })),
  };
}
