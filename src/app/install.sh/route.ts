import { serveRelease } from "~/server/agent-api/serve-release";

export const dynamic = "force-dynamic";

/** The installer that the enrolment line downloads. */
export async function GET(): Promise<Response> {
  return serveRelease("install.sh");
}
