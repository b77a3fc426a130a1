import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";

/** The agent and its installer as this server hands them out, with the hashes that the enrolment line carries. */
export interface AgentBundle {
  agentPath: string;
  agentSha256: string;
  installScriptPath: string;
  installScriptSha256: string;
}

/**
 * Reads the bundle from the releases folder (`BBS_RELEASES`). Hashed on every call, so that a line never names another file than
 * the one that is served. Refuses `storage-unavailable` when it was not built.
 */
export async function readAgentBundle(): Promise<AgentBundle> {
  const agentPath = join(env().releases, "bbs-agent.mjs");
  const installScriptPath = join(env().releases, "install.sh");
  try {
    return {
      agentPath,
      agentSha256: sha256(await readFile(agentPath)),
      installScriptPath,
      installScriptSha256: sha256(await readFile(installScriptPath)),
    };
  } catch (cause) {
    throw new Refusal("storage-unavailable", {
      say: "The agent was not built on this server. Run `npm run build` there and try again.",
      cause,
    });
  }
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
