import { planId as planIdSchema } from "~/domain/id";
import type { KeepRules } from "~/domain/retention";
import { authorize } from "~/server/access/authorize";
import { newId } from "~/server/db/new-id";
import { jobs } from "~/server/db/schema/jobs";
import type { Keeper } from "~/server/keeper-port";
import { getPlan } from "~/server/plans/get-plan";
import { updatePlan } from "~/server/plans/save-plan";
import { boundKeeper } from "~/worker/bound-keeper";
import { type AgentWorld, agentWorld } from "./agent-world";
import { type KeptLedger, scriptLedger } from "./ledger-keeper";
import { ScriptedKeeper } from "./scripted-keeper";

export const DAY = 86_400_000;
export const KEEP_NOTHING_YET: KeepRules = {
  ...{ last: 0, withinHours: 0, minutely: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
};

export interface RetainedWorld {
  world: AgentWorld;
  keeper: ScriptedKeeper;
  port: Keeper;
  ledger: KeptLedger;
  ids: { clientId: string; repositoryId: string };
  now: Date;
  keep(rules: KeepRules | null): Promise<void>;
  /** A backup of the plan that ended at `at` and whose archive the next audit entered. */
  backup(name: string, at: Date, more?: { seenAt?: Date; planId?: string; session?: number }): Promise<void>;
  /** An archive that no job of ours made. */
  byHand(name: string, at: Date): void;
  /** Names in our copy that are in the trash, and that are not, newest first. */
  trashed(): Promise<string[]>;
  living(): Promise<string[]>;
}

/** A world whose keeper has a ledger; archives come from backups of ours or from a hostile hand. */
export async function retainedWorld(): Promise<RetainedWorld> {
  const world = await agentWorld();
  const keeper = await new ScriptedKeeper().start();
  const now = new Date();
  const ledger = scriptLedger(keeper, { now });
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  let entered = 0;
  const enter = (name: string, at: Date, session: number | null = null) =>
    ledger.enter({
      ...{ name, borgId: (++entered).toString(16).padStart(64, "0") },
      ...{ observedAt: at.toISOString(), session },
    });
  const names = async (where: string) => {
    const rows = await world.database.pool.sql.unsafe(
      `select name from archive_ledger where ${where} order by observed_at desc, id desc`,
    );
    return rows.map((row) => String(row.name));
  };
  return {
    ...{ world, keeper, ledger, ids, now, port: boundKeeper(keeper.call, {}) },
    async keep(rules) {
      const id = world.planId;
      const { schedule: _, ...plan } = await getPlan(
        world.admin(),
        await authorize(world.admin(), "view", ids.clientId),
        { id },
      );
      const may = await authorize(world.admin(), "manage-plans", ids.clientId);
      await updatePlan(world.admin(), may, { ...plan, keep: rules });
    },
    async backup(name, at, more = {}) {
      await world.database.pool.db.insert(jobs).values({
        ...{ id: newId(), runId: newId(), kind: "backup", executor: "agent", lane: "backup" },
        ...{ ...ids, planId: more.planId ?? world.planId, state: "succeeded" },
        payload: backupPayload(world.planId, name),
        ...{ createdAt: new Date(at.getTime() - 60_000), endedAt: at },
      });
      enter(name, more.seenAt ?? at, more.session);
    },
    byHand: (name, at) => void enter(name, at),
    trashed: () => names("trashed_at is not null and removed_at is null"),
    living: () => names("trashed_at is null and removed_at is null"),
  };
}

function backupPayload(planId: string, archiveName: string) {
  const how = { compression: "lz4", oneFileSystem: false, excludeCaches: false };
  return { planId: planIdSchema.parse(planId), archiveName, sources: ["/etc"], excludes: [], ...how };
}
