import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentJobKind } from "~/domain/job";
import { plainRestore } from "~tests/support/plain-restore";
import { agentStory, asksDirectly, newest, type Story, yes } from "./story";

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
};
