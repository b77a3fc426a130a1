import { join } from "node:path";
import { jobPayloads } from "~/domain/job-payload";
import { makePlan } from "../support/backup-story";
import { type Taken, takeDownload } from "../support/take-download";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import { archivesOf, asksDirectly, done, entryOf, newest, oldest, type Story, workerStory } from "./story";

const NEWEST_ONLY = JSON.stringify({
  ...{ last: 1, withinHours: 0, minutely: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
});

let count = 0;

async function newestStream(lab: FaultLab): Promise<string> {
  const [job] = await lab.pool.sql<{ id: string }[]>`
    select id from jobs where kind = 'stream-files' order by created_at desc limit 1`;
  return job?.id ?? "";
}

/** Archives of a repository: looked into, into the trash and out of it, gone for good. */
export const ARCHIVE_STORIES = {
  "list-folder": workerStory(true, async (lab) => {
    const { id, name } = await newest(lab, lab.plans.small);
    const payload = jobPayloads["list-folder"].parse({ archiveId: id, archiveName: name, path: "" });
    return asksDirectly(lab, "list-folder", payload, { repositoryId: lab.repositoryId });
  }),
  "stream-files": workerStory(true, async (lab) => {
    const { id: archiveId } = await newest(lab, lab.plans.small);
    const before = await newestStream(lab);
    const taking: Promise<Taken>[] = [];
    return {
      ask: async () => {
        const asked = { archiveId, paths: [], format: "zip" as const };
        const { url } = await lab.stack.bbs.downloads.prepare.mutate(asked);
        taking.push(takeDownload(lab.stack, url).taken);
        await until("the download is queued", async () => (await newestStream(lab)) !== before, {
          everyMs: 5,
        });
        return newestStream(lab);
      },
      // What calls itself done has come to its end at the browser too.
      isDone: async () => (await Promise.all(taking)).at(-1)?.whole === true,
    };
  }),
  catalog: workerStory(false, async (lab) => {
    const { repositoryId } = lab;
    const { id } = await newest(lab, lab.plans.small);
    const held = () => lab.pool.sql`select from catalog_archives where archive_id = ${id}`;
    await until("the archive is in the catalog", async () => (await held()).length > 0);
    await lab.pool.sql`delete from catalog_archives where archive_id = ${id}`;
    return {
      ...asksDirectly(lab, "catalog", {}, { repositoryId }),
      isDone: async () => (await held()).length === 1,
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
      // While the clock was back its time had not come: a compaction when it is right again takes it.
      isDone: async () => {
        const isGone = async () => (await entryOf(lab, archive.name)).removedAt !== null;
        if (!lab.clock || (await isGone())) return isGone();
        await done(lab, lab.stack.bbs.vault.compact.mutate({ repositoryId }));
        return isGone();
      },
    };
  }),
} satisfies Record<string, Story>;

async function trash(lab: FaultLab, { id, name }: { id: string; name: string }): Promise<{ jobId: string }> {
  return lab.stack.bbs.archives.remove.mutate({ id, typedName: name });
}
