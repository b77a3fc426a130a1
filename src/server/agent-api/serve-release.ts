import { readFile } from "node:fs/promises";
import { Refusal } from "~/domain/refusal";
import { readAgentBundle } from "../system/agent-bundle";

/**
 * Answers with one of the two files that machines download, as text and with its hash as ETag. Public: they hold no secret. 503
 * with one sentence while the agent was not built.
 */
export async function serveRelease(name: "install.sh" | "bbs-agent.mjs"): Promise<Response> {
  try {
    const bundle = await readAgentBundle();
    const script = name === "install.sh";
    return new Response(await readFile(script ? bundle.installScriptPath : bundle.agentPath), {
      headers: {
        "content-type": script ? "text/x-shellscript; charset=utf-8" : "text/javascript; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        etag: `"${script ? bundle.installScriptSha256 : bundle.agentSha256}"`,
      },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return new Response(`${error.say}\n`, {
      status: 503,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  }
}
