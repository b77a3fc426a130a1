import { serveRelease } from "~/server/agent-api/serve-release";

export const dynamic = "force-dynamic";

/** The agent, one file. The installer compares its SHA-256 with the one in the enrolment line. */
export async function GET(): Promise<Response> {
  return serveRelease("bbs-agent.mjs");
}
