import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobPayloads } from "~/domain/job-payload";
import { makeRepository } from "../support/backup-story";
import { repositoryFolder } from "../support/open-repository";
import { until } from "../support/until";
import { guardedOf } from "./guarded";
import type { FaultLab } from "./lab";
import { asksDirectly, done, type Story, vaultStateOf, workerStory, yes } from "./story";

let count = 0;

/** Repositories themselves: made, read again, limited, deleted. */
export const REPOSITORY_STORIES = {
  "create-repository": workerStory(true, async (lab) => {
    const { bbs } = lab.stack;
    const { clientId } = lab.machine;
    let id = "";
    return {
      ask: async () => {
        const made = await bbs.repositories.create.mutate({ clientId, name: newName(), quotaBytes: null });
        id = made.id;
        return made.jobId;
      },
      isDone: async () =>
        (await bbs.repositories.get.query({ id })).state === "ready" &&
        existsSync(join(folderOf(lab, id), "config")),
    };
  }),
  check: workerStory(true, async (lab) => {
    const given = { id: lab.repositoryId, kind: "full" as const };
    return { ask: async () => (await lab.stack.bbs.repositories.check.mutate(given)).jobId, isDone: yes };
  }),
  "break-lock": workerStory(false, async (lab) => {
    const given = { id: lab.repositoryId };
    return { ask: async () => (await lab.stack.bbs.repositories.breakLock.mutate(given)).jobId, isDone: yes };
  }),
  "set-quota": workerStory(false, async (lab) => {
    const { repositoryId } = await guardedOf(lab);
    const quotaBytes = 10_000_000_000 + Math.floor(Math.random() * 1_000_000);
    const payload = jobPayloads["set-quota"].parse({ quotaBytes });
    const config = join(folderOf(lab, repositoryId), "config");
    return {
      ...asksDirectly(lab, "set-quota", payload, { repositoryId }),
      isDone: async () => readFileSync(config, "utf8").includes(String(quotaBytes)),
    };
  }),
  "mark-for-deletion": workerStory(false, async (lab) => {
    const { id, name: typedName } = await emptyRepository(lab);
    return {
      ask: async () => (await lab.stack.bbs.repositories.remove.mutate({ id, typedName })).jobId,
      isDone: async () => existsSync(markOf(lab, id)),
    };
  }),
  "undo-deletion": workerStory(false, async (lab) => {
    const { id, name: typedName } = await emptyRepository(lab);
    await done(lab, lab.stack.bbs.repositories.remove.mutate({ id, typedName }));
    return {
      ask: async () => (await lab.stack.bbs.repositories.undoRemove.mutate({ id })).jobId,
      isDone: async () => !existsSync(markOf(lab, id)),
    };
  }),
  "delete-repository": workerStory(false, async (lab) => {
    const { id, name: typedName } = await emptyRepository(lab);
    await done(lab, lab.stack.bbs.repositories.remove.mutate({ id, typedName }));
    // The week before it, which no test waits for, is over.
    const mark = JSON.parse(readFileSync(markOf(lab, id), "utf8"));
    writeFileSync(markOf(lab, id), JSON.stringify({ ...mark, graceDays: 0 }));
    return {
      ...asksDirectly(lab, "delete-repository", {}, { repositoryId: id }),
      isDone: async () => !existsSync(folderOf(lab, id)),
    };
  }),
} satisfies Record<string, Story>;

const newName = () => `extra-${++count}`;

/** One that was never written to, and is audited. */
async function emptyRepository(lab: FaultLab): Promise<{ id: string; name: string }> {
  const name = newName();
  const id = await makeRepository(lab.stack.bbs, lab.machine.clientId, { name });
  await until("it is sealed", async () => (await vaultStateOf(lab, id)).seals.length > 0);
  return { id, name };
}

const folderOf = (lab: FaultLab, id: string) => repositoryFolder(lab.stack, lab.machine.clientId, id);

/** Where the keeper notes that it is to be deleted. */
const markOf = (lab: FaultLab, id: string) => join(lab.stack.dataDir, "vault", id, "deletion.json");
