import { and, desc, eq, isNull, lt, min } from "drizzle-orm";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { selfBackups } from "../../db/schema/system";
import { readSetting } from "../../settings/read-setting";
import type { Finding } from "../sync-alerts";

/** So long without one is two nights. */
const MOST_HOURS = 48;

/** No recovery key, two days after the first machine came: until then the person sets things up. And no self-backup for two days. */
export async function lookAtSelfBackups(ctx: Ctx): Promise<Finding[]> {
  const before = new Date(ctx.now.getTime() - MOST_HOURS * 3_600_000);
  const { publicKey, madeAt } = await readSetting(ctx, "recovery-key");
  if (publicKey === "") {
    const [first] = await ctx.db
      .select({ at: min(clients.createdAt) })
      .from(clients)
      .where(isNull(clients.removedAt));
    if (!first?.at || first.at > before) return [];
    return [
      {
        ...{ key: "no-recovery-key", kind: "no-recovery-key", clientId: null },
        title: "This server is not backed up",
        say: "There is no recovery key, so no self-backup is made: with this machine's disk the keys and settings would be lost, and with them the way into encrypted repositories. Make one: Settings, Self-backup.",
      },
    ];
  }
  if (new Date(madeAt) > before) return [];
  const [last] = await ctx.db
    .select({ endedAt: selfBackups.endedAt })
    .from(selfBackups)
    .where(eq(selfBackups.state, "succeeded"))
    .orderBy(desc(selfBackups.createdAt))
    .limit(1);
  if (last?.endedAt && last.endedAt > before) return [];
  const [failed] = await ctx.db
    .select({ problem: selfBackups.problem })
    .from(selfBackups)
    .where(and(eq(selfBackups.state, "failed"), lt(selfBackups.createdAt, ctx.now)))
    .orderBy(desc(selfBackups.createdAt))
    .limit(1);
  return [
    {
      ...{ key: "self-backup-missing", kind: "self-backup-missing", clientId: null },
      title: "This server was not backed up for two days",
      say: `${failed?.problem ?? "None was tried: is the worker running?"} Settings, Self-backup shows each try.`,
    },
  ];
}
