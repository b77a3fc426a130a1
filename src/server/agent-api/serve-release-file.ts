import { Refusal } from "~/domain/refusal";
import { openReleaseFile } from "../updates/read-release";
import { answerAgentWith } from "./endpoint";

/**
 * GET /api/agent/v1/release-files/{sha256}: a file of a release, for an agent that was told to install it. Sent as fast as it is taken, with a
 * mebibyte of it in memory; what breaks on the way breaks the answer, and the agent throws it away.
 */
export function serveReleaseFile(request: Request, sha256: string): Promise<Response> {
  return answerAgentWith(request, async (ctx) => {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new Refusal("not-found", { say: "This server has no such file of a release." });
    const { size, pieces } = await openReleaseFile(ctx, { sha256 });
    return new Response(asBody(pieces), {
      headers: {
        "content-type": "application/octet-stream",
        // Our server makes it the Content-Length: Next drops that one (supervisor/http/told-length).
        "x-bbs-length": String(size),
        // Packed on the way it would lose its length.
        "cache-control": "no-store, no-transform",
        "x-content-type-options": "nosniff",
      },
    });
  });
}

function asBody(pieces: AsyncGenerator<Buffer>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
