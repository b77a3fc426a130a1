import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { UpdateAgentOrder } from "~/protocol/agent-update";
import { AgentProblem } from "../agent-problem";
import { LIMITS } from "../launcher/limits";
import { versionFile, versionName } from "../launcher/program-folder";
import { agentVersion } from "../machine";
import type { ServerLink } from "../server-link";
import { fetchVersion } from "../update/fetch-version";
import { dropKept, keepVitalFiles, putBackKept } from "../update/kept-files";
import { openRelease } from "../update/open-release";
import type { PendingUpdate } from "../update/pending-update";
import { proveVersion } from "../update/prove-version";
import { readTrust } from "../update/release-trust";
import { noteStep, type UpdateStep } from "../update/steps";
import type { UpdateGround } from "../update/update-ground";
import type { LookContext, TaskEnd } from "./task";

export type UpdateContext = LookContext & {
  link: ServerLink;
  ground: UpdateGround;
  /** True once the agent holds nothing else and takes nothing more; false: the signal fired first. */
  untilIdle: (signal: AbortSignal) => Promise<boolean>;
};

/** What is left to record of an update whose new version is ready to take over. */
export type ReadyUpdate = {
  state: "ready";
  update: Omit<PendingUpdate, "jobId" | "lease" | "borgs" | "startedAt" | "log">;
};

/**
 * Brings another version of the agent onto this machine: opens the release by this machine's own trust, fetches the file beside the running
 * one, has it prove itself, and waits until nothing else is going on. Until then nothing has changed but a folder more, which goes again
 * when it does not come to that.
 */
export async function updateAgent(
  order: UpdateAgentOrder,
  context: UpdateContext,
): Promise<TaskEnd | ReadyUpdate> {
  const { folder, ground, signal } = context;
  if (!ground.launched) {
    const say =
      "This agent was not started by its launcher (bbs-agent run), so it cannot be exchanged while it runs. Where it comes with a container's image, update the image.";
    throw new AgentProblem("update-impossible", say);
  }
  const begin = (step: UpdateStep) => {
    noteStep(step);
    context.log("info", `update: ${step}`);
    const none = { files: 0, originalBytes: 0, compressedBytes: 0, deduplicatedBytes: 0 };
    context.progress({ phase: step, ...none, totalBytes: null, totalFiles: null, currentPath: null });
  };
  context.started(process.pid);
  begin("opening");
  const { version, file, keysAfter } = openRelease(order, await readTrust(folder));
  const name = versionName(version, file.sha256);
  const candidate = { file: versionFile(ground.program, name), version };
  if (candidate.file === ground.ownFile) {
    return { state: "succeeded", result: { kind: "update-agent", from: agentVersion, to: version } };
  }
  let ready = false;
  try {
    begin("downloading");
    await fetchVersion(ground.program, name, file, context.link, signal);
    begin("proving");
    await keepVitalFiles(folder);
    await proveVersion(candidate, ground.ownFile, folder, signal).finally(() => putBackKept(folder));
    begin("waiting");
    ready = await waitForIdle(context);
    if (!ready) return { state: "stopped", say: "The version that runs goes on." };
    return { state: "ready", update: { name, from: agentVersion, to: version, keysAfter } };
  } finally {
    if (!ready) {
      await rm(join(ground.program.versions, name), { recursive: true, force: true });
      await dropKept(folder);
    }
  }
}

async function waitForIdle({ untilIdle, signal }: UpdateContext): Promise<boolean> {
  const limit = new AbortController();
  const stop = () => limit.abort();
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(stop, LIMITS.idleSeconds * 1000);
  try {
    if (await untilIdle(limit.signal)) return true;
    if (signal.aborted) return false;
    const hours = Math.round(LIMITS.idleSeconds / 3600);
    throw new AgentProblem(
      "update-never-idle",
      `Backups or restores ran on this machine for ${hours} hours without a pause. The version that runs goes on; try again later.`,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
