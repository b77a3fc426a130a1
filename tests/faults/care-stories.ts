import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { repositoryFolder } from "../support/open-repository";
import type { FaultLab } from "./lab";
import { asksDirectly, done, type Story, vaultStateOf, workerStory } from "./story";

let count = 0;

/** Repositories that are moved, and repaired. */
export const CARE_STORIES = {
  "move-repository": workerStory(false, async (lab) => {
    const location = await secondLocation(lab);
    const { repositoryId } = await anotherWithArchive(lab);
    return {
      ...asksDirectly(lab, "move-repository", { location }, { repositoryId }),
      isDone: async () =>
        (await lab.stack.bbs.repositories.get.query({ id: repositoryId })).location === location,
    };
  }),
  "repair-repository": workerStory(true, async (lab) => {
    const damaged = await damagedOne(lab);
    return {
      ...asksDirectly(lab, "repair-repository", {}, damaged),
      isDone: async () => {
        const isUndecided = await waitsForDecision(lab, damaged);
        await done(lab, askedUndo(lab, damaged));
        return isUndecided;
      },
    };
  }),
  "undo-repair": workerStory(false, async (lab) => {
    const damaged = await damagedOne(lab);
    const { ask } = asksDirectly(lab, "repair-repository", {}, damaged);
    await jobEnded(lab.stack.bbs, await ask("running"));
    if (!(await waitsForDecision(lab, damaged))) throw new Error("the repair before the fault was not made");
    return {
      ...asksDirectly(lab, "undo-repair", {}, damaged),
      isDone: async () => (await vaultStateOf(lab, damaged.repositoryId)).hold === null,
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
  return { repositoryId };
}

/** A bit of what is stored has turned, and a check has found it. */
async function damagedOne(lab: FaultLab): Promise<{ repositoryId: string }> {
  const damaged = await anotherWithArchive(lab);
  const { repositoryId: id } = damaged;
  const data = join(repositoryFolder(lab.stack, lab.machine.clientId, id), "data/0");
  const [largest = ""] = readdirSync(data)
    .map((name) => join(data, name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
  execFileSync("sh", [
    "-c",
    'printf "\\377" | dd of="$1" bs=1 seek=5000 conv=notrunc status=none',
    "sh",
    largest,
  ]);
  const { jobId } = await lab.stack.bbs.repositories.check.mutate({ id, kind: "full" });
  const { state } = await jobEnded(lab.stack.bbs, jobId);
  if (state !== "warned") throw new Error(`the check ${state} over damage`);
  return damaged;
}

async function waitsForDecision(lab: FaultLab, { repositoryId }: { repositoryId: string }): Promise<boolean> {
  const { hold } = await vaultStateOf(lab, repositoryId);
  return hold?.evidence.some(({ kind }) => kind === "repair-undecided") ?? false;
}

async function askedUndo(lab: FaultLab, of: { repositoryId: string }): Promise<{ jobId: string }> {
  return { jobId: await asksDirectly(lab, "undo-repair", {}, of).ask("running") };
}
