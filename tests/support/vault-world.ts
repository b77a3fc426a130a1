import { onTestFinished } from "vitest";
import type { Hold } from "~/keeper/contract/vault";
import { createCaller } from "~/server/api/root";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { startClaiming } from "~/worker/claim";
import { type AgentWorld, agentWorld } from "./agent-world";
import { CLEAN_VAULT, ScriptedKeeper } from "./scripted-keeper";
import { until } from "./until";

export interface VaultWorld extends AgentWorld {
  keeper: ScriptedKeeper;
  /** The admin's console. */
  console: ReturnType<typeof createCaller>;
  /** Audits the repository and waits for the end of the job. */
  audit(): ReturnType<AgentWorld["job"]>;
  /** Waits for the end of a job. */
  ended(jobId: string): ReturnType<AgentWorld["job"]>;
  /** What the server's own work came to; people are told in words. */
  resultOf(jobId: string): Promise<Record<string, unknown>>;
}

/** A machine with its repository, a worker that claims its jobs, and a keeper that finds everything clean until it is told otherwise. */
export async function vaultWorld(): Promise<VaultWorld> {
  const world = await agentWorld();
  const keeper = await new ScriptedKeeper().start();
  const claiming = await startClaiming({
    ...{ storageNodeId: "main", slots: 3, quickSlots: 2, sweepMs: 100, heartbeatMs: 100 },
    callKeeper: keeper.call,
  });
  onTestFinished(() => claiming.stop(0));
  const ended = async (jobId: string) => {
    await until(`job ${jobId} ends`, async () => (await world.job(jobId)).endedAt !== null, { seconds: 20 });
    return world.job(jobId);
  };
  const asked = world.admin();
  return {
    ...world,
    keeper,
    console: createCaller({
      ...asked,
      actor: { ...world.database.admin, confirmedAt: asked.now },
      peer: null,
    }),
    ended,
    async audit() {
      const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
      const { jobId } = await enqueueJob(world.admin(), { kind: "audit", ...ids, payload: {} });
      return ended(jobId);
    },
    async resultOf(jobId) {
      const [row] = await world.database.pool.sql`select result from jobs where id = ${jobId}`;
      return row?.result;
    },
  };
}

/** What the keeper says from now on of a repository that lost three archives in session 7. */
export function holdRepository(keeper: ScriptedKeeper, change: Partial<Hold> = {}): void {
  const hold: Hold = {
    since: "2026-11-23T02:20:00.000Z",
    evidence: [
      {
        ...{ kind: "archives-missing", count: 3 },
        archives: [{ borgId: "ab".repeat(32), name: "web-01-sunday" }],
      },
    ],
    sessions: [7],
    lastCleanAt: "2026-11-23T01:59:00.000Z",
    lastCleanTransaction: 5,
    lastCleanArchives: 41,
    ...change,
  };
  keeper.script["audit-repository"] = () => ({
    output: {
      ...{
        clean: false,
        evidence: hold.evidence,
        sealed: false,
        transaction: 9,
        newSegments: 2,
        newBytes: 99,
      },
      ...{ newArchives: 0, scanSeconds: 0.01, listSeconds: 0.4 },
    },
  });
  keeper.script["vault-state"] = () => ({ output: { ...CLEAN_VAULT, hold } });
}

/** As after a roll-back or an acceptance. */
export function releaseHold(keeper: ScriptedKeeper): void {
  delete keeper.script["audit-repository"];
  delete keeper.script["vault-state"];
}
