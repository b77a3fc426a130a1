import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makePlan, makeRepository } from "../support/backup-story";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import { asksDirectly, done, newest, type Story, vaultStateOf, workerStory } from "./story";

let count = 0;

/** Repositories that are moved, and archives that are drilled. */
export const CARE_STORIES = {
  drill: workerStory(true, async (lab) => {
    const { id } = await newest(lab, lab.plans.small);
    const { bbs } = lab.stack;
    let asked = "";
    return {
      ask: async () => {
        ({ jobId: asked } = await bbs.reports.drill.mutate({ archiveId: id, scope: "everything" }));
        return asked;
      },
      // One for the job, however often it was begun.
      isDone: async () => {
        const { items } = await bbs.reports.certificates.query({ limit: 100 });
        const own = items.filter(({ jobId }) => jobId === asked);
        return own.length === 1 && own[0]?.outcome !== "failed";
      },
    };
  }),
  "move-repository": workerStory(false, async (lab) => {
    const location = await secondLocation(lab);
    const { repositoryId } = await anotherWithArchive(lab);
    return {
      ...asksDirectly(lab, "move-repository", { location }, { repositoryId }),
      isDone: async () =>
        (await lab.stack.bbs.repositories.get.query({ id: repositoryId })).location === location,
    };
  }),
} satisfies Record<string, Story>;

const locations = new WeakMap<FaultLab, string>();

/** A second folder for repositories, in the storage node's own list of them. */
async function secondLocation(lab: FaultLab): Promise<string> {
  const known = locations.get(lab);
  if (known) return known;
  const folder = join(dirname(lab.stack.dataDir), "second");
  mkdirSync(folder, { mode: 0o711 });
  writeFileSync(join(lab.stack.dataDir, "locations.json"), JSON.stringify({ second: folder }), {
    mode: 0o600,
  });
  await lab.stack.killHard("keeper");
  locations.set(lab, "second");
  return "second";
}

async function anotherWithArchive(lab: FaultLab): Promise<{ repositoryId: string }> {
  const { bbs } = lab.stack;
  const { clientId } = lab.machine;
  const name = `cared-${++count}`;
  const repositoryId = await makeRepository(bbs, clientId, { name });
  const planId = await makePlan(bbs, { clientId, repositoryId, name, sources: [join(lab.files, "small")] });
  await done(lab, bbs.plans.run.mutate({ id: planId }));
  const isSealed = async () =>
    (await vaultStateOf(lab, repositoryId)).seals.some(({ archives }) => archives > 0);
  await until("the archive is sealed", isSealed, { seconds: 60 });
  return { repositoryId };
}
