import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jobEnded } from "../support/backup-story";
import { bringTo, makeForeign } from "../support/foreign-repository";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import { type Story, workerStory } from "./story";

let count = 0;

/** What comes from elsewhere, and what a client may hold altogether. */
export const IMPORT_STORIES = {
  "set-client-quota": workerStory(false, async (lab) => {
    const quotaBytes = 10_000_000_000 + Math.floor(Math.random() * 1_000_000);
    const given = { id: lab.machine.clientId, quotaBytes, softQuotaBytes: null };
    const accounts = join(lab.stack.dataDir, "keeper/accounts.json");
    return {
      ask: async () => (await lab.stack.bbs.clients.setQuotas.mutate(given)).jobId ?? "",
      isDone: async () => readFileSync(accounts, "utf8").includes(String(quotaBytes)),
    };
  }),
  "inspect-import": workerStory(true, async (lab) => {
    const wanted = await brought(lab);
    return {
      ask: async () => (await lab.stack.bbs.repositoryImports.inspect.mutate(wanted.input)).jobId,
      isDone: async () => existsSync(join(wanted.path, "config")),
    };
  }),
  "adopt-repository": workerStory(true, async (lab) => {
    const { bbs } = lab.stack;
    const wanted = await brought(lab);
    const { id, jobId } = await bbs.repositoryImports.inspect.mutate(wanted.input);
    const { state, problem } = await jobEnded(bbs, jobId);
    if (state !== "succeeded") throw new Error(`reading an import before the fault: ${problem?.say}`);
    return {
      ask: async () => (await bbs.repositoryImports.adopt.mutate({ id })).jobId,
      isDone: async () =>
        (await bbs.repositories.get.query({ id })).state === "ready" && !existsSync(wanted.path),
    };
  }),
} satisfies Record<string, Story>;

/** A repository in the import folder, as soon as the server knows of it. */
async function brought(lab: FaultLab) {
  const foreign = makeForeign({
    encryption: "repokey-blake2",
    archives: ["old"],
    inside: lab.machine.folder,
  });
  const name = `old-${++count}`;
  const path = bringTo(foreign, join(lab.stack.dataDir, "import"), name);
  chmodSync(path, 0o700);
  const { bbs } = lab.stack;
  let candidateId = "";
  await until(
    `${name} is offered`,
    async () => {
      const { candidates } = await bbs.repositoryImports.list.query();
      candidateId = candidates.find((one) => one.name === name)?.id ?? "";
      return candidateId !== "";
    },
    { seconds: 90 },
  );
  const { clientId } = lab.machine;
  return {
    path,
    input: { of: { candidateId }, clientId, name, passphrase: foreign.passphrase },
  };
}
