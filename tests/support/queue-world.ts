import { jobPayloads } from "~/domain/job-payload";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { type AgentCtx, type HandedOut, handOutJobs } from "~/server/jobs/hand-out-jobs";
import { takeReport } from "~/server/jobs/take-report";
import { saveSetting } from "~/server/settings/save-setting";
import { type AgentWorld, agentWorld, goodEnd, pollBody, reportBody } from "./agent-world";
import { enrolledClient, plan, readyRepository } from "./fleet";

/** A machine of a queue: what it is told, without HTTP in between. */
export interface QueueMachine {
  clientId: string;
  repositoryId: string;
  planId: string;
}

export interface QueueWorld {
  world: AgentWorld;
  machines: QueueMachine[];
  limits(change: { mostOnServer?: number; mostPerNode?: number; mostPerClient?: number }): Promise<void>;
  /** Jobs that a machine gets when it asks now; it holds none. */
  poll(machine: QueueMachine, now?: Date): Promise<HandedOut[]>;
  backUp(machine: QueueMachine): Promise<string>;
  /** Backups of the calendar in the queue of one machine; answers the first of them. */
  queueBackups(machine: QueueMachine, count: number): Promise<string>;
  end(machine: QueueMachine, jobId: string, lease?: number): Promise<void>;
}

/** Some enrolled machines, each with a repository and a plan. */
export async function queueWorld(count: number): Promise<QueueWorld> {
  const world = await agentWorld();
  const { client, repositoryId, planId, admin } = world;
  const machines: QueueMachine[] = [{ clientId: client.id, repositoryId, planId }];
  for (let n = 2; n <= count; n++) {
    const { id: clientId } = await enrolledClient(admin(), `web-${String(n).padStart(2, "0")}`);
    const { id } = await readyRepository(admin(), clientId);
    machines.push({ clientId, repositoryId: id, planId: (await plan(admin(), clientId, id)).id });
  }
  const agent = ({ clientId }: QueueMachine, now = new Date()): AgentCtx => {
    const ctx = world.database.agentCtx(clientId, now);
    if (ctx.actor.kind !== "agent") throw new Error("not an agent");
    return { ...ctx, actor: ctx.actor };
  };
  return {
    ...{ world, machines },
    async limits(change) {
      const value = { mostOnServer: 200, mostPerNode: 20, mostPerClient: 2, ...change };
      await saveSetting(admin(), { name: "queue", value });
    },
    async poll(machine, now) {
      const holding = await heldBy(world, machine);
      const { handedOut } = await handOutJobs(agent(machine, now), {
        poll: pollBody({ holding, freeLanes: await freeLanesOf(world, machine) }),
        look: "first",
        prepare: async (_, job) => job,
      });
      return handedOut.flatMap((job) => (job.repositoryId === null ? [] : [job]));
    },
    async backUp(machine) {
      const may = await authorize(admin(), "backup", machine.clientId);
      return (await startBackup(admin(), may, { planId: machine.planId })).jobId;
    },
    async queueBackups(machine, many) {
      const { jobId } = await enqueueJob(world.database.workerCtx(new Date()), {
        ...{ kind: "backup", ...machine, payload: await payloadOf(world, machine) },
      });
      await world.database.pool.sql`
        insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, priority)
        select id || n, id || n, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, priority
        from jobs, generate_series(2, ${many}::int) n where id = ${jobId}`;
      return jobId;
    },
    async end(machine, jobId, lease = 1) {
      await takeReport(agent(machine), { jobId, report: reportBody({ lease, ...goodEnd(jobId) }) });
    },
  };
}

async function heldBy(world: AgentWorld, { clientId }: QueueMachine) {
  const rows = await world.database.pool.sql<{ jobId: string; lease: number }[]>`
    select id as "jobId", lease from jobs
    where client_id = ${clientId} and executor = 'agent' and state in ('assigned', 'running')`;
  return rows.map(({ jobId, lease }) => ({ jobId, lease }));
}

async function freeLanesOf(world: AgentWorld, { clientId }: QueueMachine) {
  const rows = await world.database.pool.sql<{ lane: string }[]>`
    select lane from jobs
    where client_id = ${clientId} and executor = 'agent' and state in ('assigned', 'running')`;
  const busy = rows.map(({ lane }) => lane);
  return (["backup", "restore"] as const).filter((lane) => !busy.includes(lane));
}

async function payloadOf(world: AgentWorld, machine: QueueMachine) {
  const [row] = await world.database.pool.sql`select * from plans where id = ${machine.planId}`;
  return jobPayloads.backup.parse({
    ...{ planId: machine.planId, archiveName: "queued", sources: row?.sources, excludes: row?.excludes },
    ...{ compression: "lz4", oneFileSystem: false, excludeCaches: false },
  });
}
