import { join } from "node:path";
import { jobPayloads } from "~/domain/job-payload";
import { makePlan } from "../support/backup-story";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import {
  archivesOf,
  asksDirectly,
  done,
  entryOf,
  newest,
  oldest,
  type Story,
  workerStory,
  yes,
} from "./story";

const NEWEST_ONLY = JSON.stringify({
  ...{ last: 1, withinHours: 0, minutely: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
});

let count = 0;

/** Archives of a repository: looked into, into the trash and out of it, gone for good. */
export const ARCHIVE_STORIES = {
  "list-folder": workerStory(true, async (lab) => {
    const { id, name } = await newest(lab, lab.plans.small);
    const payload = jobPayloads["list-folder"].parse({ archiveId: id, archiveName: name, path: "" });
    return asksDirectly(lab, "list-folder", payload, { repositoryId: lab.repositoryId });
  }),
  catalog: workerStory(true, async (lab) => {
    const { repositoryId } = lab;
    const { sql } = lab.pool;
    const [before] = await sql<{ id: string }[]>`
      select id from jobs where kind = 'catalog' order by created_at desc limit 1`;
    const follows = () => sql<{ id: string }[]>`
      select id from jobs where kind = 'catalog' and id <> ${before?.id ?? ""} order by created_at desc limit 1`;
    return {
      // It follows a new archive. One that only waits needs no archive.
      ask: async (moment) => {
        if (moment === "queued") return asksDirectly(lab, "catalog", {}, { repositoryId }).ask(moment);
        await lab.stack.bbs.plans.run.mutate({ id: lab.plans.small });
        await until("the new archive is to be cataloged", async () => (await follows()).length > 0, {
          everyMs: 5,
        });
        return (await follows())[0]?.id ?? "";
      },
      isDone: yes,
    };
  }),
  "trash-archives": workerStory(false, async (lab) => {
    const archive = await oldest(lab);
    return {
      ask: async () => (await trash(lab, archive)).jobId,
      isDone: async () => (await entryOf(lab, archive.name)).trashedAt !== null,
    };
  }),
  "bring-back-archives": workerStory(false, async (lab) => {
    const archive = await oldest(lab);
    await done(lab, trash(lab, archive));
    return {
      ask: async () => (await lab.stack.bbs.archives.bringBack.mutate({ id: archive.id })).jobId,
      isDone: async () => (await entryOf(lab, archive.name)).trashedAt === null,
    };
  }),
  "protect-archives": workerStory(false, async (lab) => {
    const { id, name } = await newest(lab, lab.plans.small);
    const protect = (wanted: boolean) => lab.stack.bbs.archives.protect.mutate({ id, protected: wanted });
    return {
      ask: async () => (await protect(true)).jobId,
      isDone: async () => {
        const { protected: kept } = await entryOf(lab, name);
        await done(lab, protect(false));
        return kept;
      },
    };
  }),
  prune: workerStory(false, async (lab) => {
    const { repositoryId, files, stack } = lab;
    const { clientId } = lab.machine;
    const planId = await makePlan(stack.bbs, {
      ...{ clientId, repositoryId, name: `kept-${++count}`, sources: [join(files, "small")] },
    });
    for (const _ of ["the one that goes", "the one that stays"])
      await done(lab, stack.bbs.plans.run.mutate({ id: planId }));
    // Not through the console: each audit of its backups would be followed by a prune of its own.
    const { sql } = lab.pool;
    await sql`update plans set keep = ${NEWEST_ONLY} where id = ${planId}`;
    const payload = jobPayloads.prune.parse({ planId });
    return {
      ...asksDirectly(lab, "prune", payload, { repositoryId, planId }),
      isDone: async () => (await archivesOf(lab, planId)).length === 1,
    };
  }),
  compact: workerStory(true, async (lab) => {
    const archive = await oldest(lab);
    const { repositoryId } = lab;
    await done(lab, trash(lab, archive));
    return {
      ask: async () => (await lab.stack.bbs.vault.compact.mutate({ repositoryId })).jobId,
      isDone: async () => (await entryOf(lab, archive.name)).removedAt !== null,
    };
  }),
} satisfies Record<string, Story>;

async function trash(lab: FaultLab, { id, name }: { id: string; name: string }): Promise<{ jobId: string }> {
  return lab.stack.bbs.archives.remove.mutate({ id, typedName: name });
}
