import type { z } from "zod";
import { probationResponse } from "~/protocol/agent-update";
import { PROTOCOL_VERSION } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import { readConfig } from "../config";
import { LinkError } from "../link-error";
import { agentVersion } from "../machine";
import { ServerLink } from "../server-link";
import type { proof } from "../update/prove-version";
import { tryBorg } from "../update/try-borg";
import { examine, type Finding } from "./doctor";

/** A version shows that it works on this machine, beside the one that runs, which reads this. Changes nothing. */
export async function prove(folder: AgentFolder): Promise<string> {
  const findings = [...(await examine(folder)), await askServer(folder), await tryBorg(folder)];
  const said: z.infer<typeof proof> = { version: agentVersion, findings };
  return JSON.stringify(said);
}

async function askServer(folder: AgentFolder): Promise<Finding> {
  const config = await readConfig(folder).catch(() => null);
  if (config === null)
    return { check: "probation", state: "failed", say: "there is no enrolment to ask with" };
  const link = new ServerLink(config);
  try {
    const request = { protocol: PROTOCOL_VERSION, version: agentVersion };
    await link.post("api/agent/v1/probation", request, probationResponse, { seconds: 30 });
    return { check: "probation", state: "ok", say: "the server has answered" };
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { check: "probation", state: "failed", say: error.say };
  } finally {
    link.close();
  }
}
