import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { enrolMachine, tokenOf } from "../support/client-machine";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import { done, followerOf, newest, type Story, workerStory } from "./story";

let count = 0;

/** Accounts of machines on the storage server. */
export const ACCOUNT_STORIES = {
  "provision-client": workerStory(false, async (lab) => {
    let clientId = "";
    return {
      ask: async () => {
        clientId = await enrolAnother(lab);
        return accountJobOf(lab, clientId);
      },
      isDone: async () => {
        const made = hasKey(lab, clientId) && hasAccount(clientId);
        await done(lab, remove(lab, clientId));
        return made;
      },
    };
  }),
  "remove-client": workerStory(false, async (lab) => {
    const clientId = await enrolAnother(lab);
    await done(lab, Promise.resolve({ jobId: await accountJobOf(lab, clientId) }));
    return {
      ask: async () => (await remove(lab, clientId)).jobId,
      isDone: async () => !hasKey(lab, clientId),
    };
  }),
  "restore-on-server": workerStory(true, async (lab) => {
    const archive = await newest(lab, lab.plans.small);
    let asked = "";
    return {
      ask: async () => {
        ({ jobId: asked } = await lab.stack.bbs.restores.start.mutate({
          ...{ parts: [{ archiveId: archive.id, paths: [] }], target: { kind: "server-folder" } },
          ...{ existing: "overwrite", owners: "keep", dryRun: false },
        }));
        return asked;
      },
      isDone: async () => {
        const source = join(lab.files, "small");
        const restored = join(lab.stack.dataDir, "restored", asked, source);
        return readdirSync(source).every((name) =>
          readFileSync(join(restored, name)).equals(readFileSync(join(source, name))),
        );
      },
    };
  }),
  "make-parcel": workerStory(true, async (lab) => {
    const asked = await restoreToAnother(lab);
    return {
      ask: async () => followerOf(lab, (await asked()).jobId, "make-parcel"),
      isDone: async () => parcelsOf(lab).length === 1,
    };
  }),
  "remove-parcel": workerStory(false, async (lab) => {
    const ask = await restoreToAnother(lab);
    const { jobId } = await ask();
    await done(lab, Promise.resolve({ jobId: await followerOf(lab, jobId, "make-parcel") }));
    return {
      ask: async () => {
        await lab.stack.bbs.jobs.cancel.mutate({ id: jobId });
        return followerOf(lab, jobId, "remove-parcel");
      },
      isDone: async () => parcelsOf(lab).length === 0,
    };
  }),
} satisfies Record<string, Story>;

/** Asks for a restore onto a machine whose agent never runs, without the parcels of earlier ones. */
async function restoreToAnother(lab: FaultLab): Promise<() => Promise<{ jobId: string }>> {
  const { bbs } = lab.stack;
  const clientId = await enrolAnother(lab);
  await done(lab, Promise.resolve({ jobId: await accountJobOf(lab, clientId) }));
  for (const parcelId of parcelsOf(lab)) await lab.keeper("remove-parcel", { parcelId });
  const archive = await newest(lab, lab.plans.small);
  return () =>
    bbs.restores.start.mutate({
      ...{ parts: [{ archiveId: archive.id, paths: [] }], toClientId: clientId, dryRun: false },
      ...{ target: { kind: "restore-folder" }, existing: "overwrite", owners: "keep" },
    });
}

function parcelsOf(lab: FaultLab): string[] {
  return readdirSync(join(lab.stack.dataDir, "keeper/parcels"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length));
}

/** Another machine, which is only enrolled: its agent never runs. */
async function enrolAnother(lab: FaultLab): Promise<string> {
  const made = await lab.stack.bbs.clients.create.mutate({ name: `another-${++count}` });
  const machine = await enrolMachine(lab.stack, { token: tokenOf(made.enrolment.command) });
  await machine.stop();
  return machine.clientId;
}

async function accountJobOf(lab: FaultLab, clientId: string): Promise<string> {
  const find = async () =>
    (await lab.stack.bbs.jobs.list.query({ clientId, kinds: ["provision-client"] })).items[0]?.id;
  await until("its account is asked for", async () => (await find()) !== undefined);
  return (await find()) ?? "";
}

async function remove(lab: FaultLab, clientId: string): Promise<{ jobId: string }> {
  const { name } = await lab.stack.bbs.clients.get.query({ id: clientId });
  return lab.stack.bbs.clients.remove.mutate({ id: clientId, typedName: name });
}

/** Whether its key opens the gate. */
function hasKey(lab: FaultLab, clientId: string): boolean {
  try {
    const lines = readFileSync(join(lab.stack.dataDir, "ssh/authorized_keys", `bbs-${clientId}`), "utf8");
    return lines.includes("ssh-ed25519");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function hasAccount(clientId: string): boolean {
  const accounts = readFileSync("/etc/passwd", "utf8");
  return [`bbs-${clientId}`, `bbv-${clientId}`].every((name) => accounts.includes(`\n${name}:`));
}
