import type { DownloadFormat } from "~/domain/download";
import type { ArchiveId } from "~/domain/id";
import type { UserActor } from "~/domain/permission";
import { PREVIEW_LOOK_BYTES, previewKind } from "~/domain/preview-kind";
import { Refusal } from "~/domain/refusal";
import { attachment } from "~/domain/safe-name";
import { authorize } from "../access/authorize";
import { type Begun, beginDownload } from "../archives/download/begin-download";
import { findArchiveOwner } from "../archives/get-archive";
import { createApiContext } from "./context";
import { noteDenial } from "./note-denial";
import { refusalResponse } from "./refusal-response";
import { type ApiContext, demandPermission } from "./trpc";
import { whileAllowed } from "./while-allowed";

const TYPES: Record<Exclude<DownloadFormat, "preview">, string> = {
  // Never what it claims to be: a browser saves it and runs nothing.
  file: "application/octet-stream",
  zip: "application/zip",
  "tar.zst": "application/zstd",
};

/**
 * GET /api/downloads/<ticket>: files out of an archive, as they come from the storage node. By the sign-in or a token of the person who
 * asked for the ticket; the address alone is worth nothing. Ends when the permission does.
 */
export async function serveDownload(request: Request, ticket: string): Promise<Response> {
  try {
    const ctx = await createApiContext(request.headers);
    const actor = allowed(ctx);
    const begun = await beginDownload({ ...ctx, actor }, { ticket, signal: request.signal });
    const stream = piecesWhileAllowed(ctx, begun);
    if (begun.format === "preview") return await previewResponse(begun, stream);
    return respond(begun, stream, {
      "content-type": TYPES[begun.format],
      "content-disposition": attachment(begun.fileName),
    });
  } catch (error) {
    return refusalResponse(error, "download");
  }
}

function allowed(ctx: ApiContext): UserActor {
  try {
    return demandPermission(ctx.actor, "restore");
  } catch (error) {
    if (error instanceof Refusal) noteDenial(ctx, "download", { cause: error });
    throw error;
  }
}

/** Ends the stream, broken, when the sign-in, the token or the permission does. */
function piecesWhileAllowed(ctx: ApiContext, { arrival, archiveId }: Begun): AsyncGenerator<Buffer> {
  return whileAllowed(ctx, {
    signal: undefined,
    still: (now) => mayStill(now, archiveId),
    stream: async function* (signal) {
      signal.addEventListener("abort", arrival.close, { once: true });
      try {
        yield* arrival.pieces;
      } finally {
        signal.removeEventListener("abort", arrival.close);
      }
    },
  });
}

async function mayStill(now: ApiContext, archiveId: ArchiveId): Promise<boolean> {
  const actor = demandPermission(now.actor, "restore");
  await authorize({ ...now, actor }, "restore", await findArchiveOwner(now, { archiveId }));
  return true;
}

async function previewResponse(begun: Begun, stream: AsyncGenerator<Buffer>): Promise<Response> {
  const { first, whole } = await firstBytes(stream);
  const shown = previewKind(first, { whole });
  if (!shown) {
    begun.arrival.close();
    throw new Refusal("invalid-input", { say: "It is neither text nor a picture that can be shown here." });
  }
  const type = shown.kind === "text" ? `text/plain; charset=${shown.charset}` : shown.type;
  return respond(begun, startingWith(first, stream), {
    "content-type": type,
    "content-disposition": "inline",
  });
}

async function firstBytes(stream: AsyncGenerator<Buffer>): Promise<{ first: Buffer; whole: boolean }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  while (bytes < PREVIEW_LOOK_BYTES) {
    const { value, done } = await stream.next();
    if (done) return { first: Buffer.concat(pieces), whole: true };
    pieces.push(value);
    bytes += value.length;
  }
  return { first: Buffer.concat(pieces), whole: false };
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

function respond(
  { arrival }: Begun,
  stream: AsyncGenerator<Buffer>,
  headers: Record<string, string>,
): Response {
  // Our server makes it the Content-Length: Next drops that one (supervisor/http/told-length).
  const length: Record<string, string> =
    arrival.bytes === null ? {} : { "x-bbs-length": String(arrival.bytes) };
  return new Response(asBody(stream, arrival.close), {
    headers: {
      ...headers,
      ...length,
      // Packed on the way it would lose its length.
      "cache-control": "no-store, no-transform",
      "accept-ranges": "none",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    },
  });
}

/** Read as fast as it is taken, no faster. A broken stream breaks the answer; whoever goes away ends the stream. */
function asBody(stream: AsyncGenerator<Buffer>, close: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = await stream.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (problem) {
          close();
          controller.error(problem);
        }
      },
      async cancel() {
        close();
        await stream.return(undefined).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
