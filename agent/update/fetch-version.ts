import { createHash } from "node:crypto";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ReleaseFile } from "~/protocol/release";
import { AgentProblem } from "../agent-problem";
import { errorCode, syncFolder } from "../durable-file";
import { LIMITS } from "../launcher/limits";
import { type ProgramFolder, versionFile } from "../launcher/program-folder";
import { LinkError } from "../link-error";
import type { ServerLink } from "../server-link";
import { noteStep } from "./steps";

/**
 * Downloads the file of a version and puts it into its own folder beside the others, whole or not at all. Size and hash are held against
 * the signed list while it is written, so that nothing longer or other than what was signed ever becomes a program here.
 */
export async function fetchVersion(
  program: ProgramFolder,
  name: string,
  file: ReleaseFile,
  link: ServerLink,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(program.versions, name);
  const part = `${folder}.part`;
  try {
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    await receive(join(part, "bbs-agent.mjs"), file, link, signal);
    noteStep("unpacking");
    // The agent's umask is for secrets; its program may be read by everybody, like the installed one.
    for (const path of [program.versions, part, join(part, "bbs-agent.mjs")]) await chmod(path, 0o755);
    await syncFolder(part);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
    await syncFolder(program.versions);
    await syncFolder(program.folder);
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
    throw explain(error, versionFile(program, name));
  }
}

async function receive(
  path: string,
  expected: ReleaseFile,
  link: ServerLink,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash("sha256");
  let size = 0;
  const target = await open(path, "wx", 0o600);
  try {
    const limits = { seconds: LIMITS.downloadSeconds, signal };
    await link.receive(`api/agent/v1/release-files/${expected.sha256}`, limits, async (chunk) => {
      size += chunk.length;
      if (size > expected.size) throw wrongFile(`is longer than the ${expected.size} bytes that were signed`);
      hash.update(chunk);
      await target.write(chunk);
    });
    if (size < expected.size) {
      throw new AgentProblem(
        "release-truncated",
        `Only ${size} of ${expected.size} bytes arrived. Nothing was installed; try again.`,
      );
    }
    if (hash.digest("hex") !== expected.sha256) throw wrongFile("is not the one that was signed");
    await target.sync();
  } finally {
    await target.close();
  }
}

function wrongFile(how: string): AgentProblem {
  return new AgentProblem(
    "release-wrong-file",
    `The file that the server sent ${how}. Nothing was installed.`,
  );
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof LinkError) {
    return new AgentProblem(
      error.kind === "unreachable" || error.kind === "trouble" ? "connection-lost" : "release-truncated",
      `The new version could not be downloaded: ${error.say} Nothing was installed.`,
      { cause: error },
    );
  }
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new AgentProblem("disk-full", `There is no room for ${path}. Nothing was installed.`, {
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new AgentProblem(
      "update-impossible",
      `The agent may not write ${path} (${code}). Where the program comes with an image, update that image.`,
      { cause: error },
    );
  }
  return error;
}
