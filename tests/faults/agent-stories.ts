import { chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { AgentJobKind } from "~/domain/job";
import { storeFile } from "~/server/updates/store-file";
import { takeInRelease } from "~/server/updates/take-in-release";
import { plainRestore } from "~tests/support/plain-restore";
import { firstFile, releaseSigner, signedRelease, trust } from "~tests/support/signed-release";
import type { FaultLab } from "./lab";
import { agentStory, asksDirectly, newest, type Prepared, type Story, yes } from "./story";

/** Each story goes to a higher version of the same agent. */
let versions = 0;
const maker = releaseSigner();

async function updateStory(lab: FaultLab): Promise<Prepared> {
  const version = `99.0.${++versions}`;
  const { version: built } = JSON.parse(readFileSync("package.json", "utf8"));
  const bytes = readFileSync("dist/bbs-agent.mjs", "utf8").replace(`"${built}"`, `"${version}"`);
  const release = signedRelease([maker], { version, files: { "bbs-agent.mjs": Buffer.from(bytes) } });
  await trust(lab.ctx(), [maker]);
  const { id: releaseId } = await takeInRelease(lab.ctx(), { ...release, source: "upload" });
  const { sha256, bytes: whole } = firstFile(release);
  await storeFile(lab.ctx(), { sha256, size: whole.length }, Readable.from([whole]));
  const { clientId, folder } = lab.machine;
  const own = statSync(folder);
  writeFileSync(join(folder, "release.json"), JSON.stringify({ keys: [maker.key], floor: built }), {
    mode: 0o600,
  });
  chownSync(join(folder, "release.json"), own.uid, own.gid);
  const client = () => lab.stack.bbs.clients.get.query({ id: clientId });
  return {
    // Where the machine's row is held, what asks for it waits too.
    ask: async (moment) =>
      moment === "queued"
        ? asksDirectly(lab, "update-agent", { releaseId, version, fileSha256: sha256 }, {}).ask(moment)
        : (await lab.stack.bbs.updates.updateClient.mutate({ clientId, releaseId })).jobId,
    isDone: async () => (await client()).agentVersion === version,
  };
}

/** What the machine does. */
export const AGENT_STORIES: Record<AgentJobKind, Story> = {
  backup: agentStory(true, async (lab) => {
    lab.changeLarge();
    return {
      ask: async () => (await lab.stack.bbs.plans.run.mutate({ id: lab.plans.large })).jobId,
      // Its archive is held against borg's list with those of all others.
      isDone: yes,
    };
  }),
  restore: agentStory(true, async (lab) => {
    const archive = await newest(lab, lab.plans.small);
    const restored = () => (existsSync(lab.restored) ? readdirSync(lab.restored) : []);
    for (const name of restored()) rmSync(join(lab.restored, name), { recursive: true });
    const order = plainRestore(archive.id, [], { kind: "restore-folder" });
    return {
      ask: async () => (await lab.stack.bbs.restores.start.mutate(order)).jobId,
      isDone: async () => {
        const source = join(lab.files, "small");
        const [folder = ""] = restored();
        return readdirSync(source).every((name) =>
          readFileSync(join(lab.restored, folder, source, name)).equals(readFileSync(join(source, name))),
        );
      },
    };
  }),
  "browse-disk": agentStory(false, async (lab) =>
    asksDirectly(lab, "browse-disk", { path: Buffer.from(lab.files).toString("base64") }, {}),
  ),
  "dry-run": agentStory(false, async (lab) => ({
    ask: async () => (await lab.stack.bbs.looks.dryRun.mutate({ planId: lab.plans.small })).jobId,
    isDone: yes,
  })),
  "find-gaps": agentStory(false, async (lab) => ({
    ask: async () => (await lab.stack.bbs.looks.findGaps.mutate({ clientId: lab.machine.clientId })).jobId,
    isDone: yes,
  })),
  "update-agent": agentStory(false, updateStory),
};
