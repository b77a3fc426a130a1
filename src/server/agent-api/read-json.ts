import { storableText } from "~/domain/storable-text";
import { UnreadableBody } from "./unreadable-body";

/** Largest message: 500 log lines of 4,000 characters, each up to three bytes long, and room for a result. */
const MOST_BODY_BYTES = 8 * 1024 * 1024;

/** A request's body as JSON with texts that the database can store. Stops reading at the limit, whatever the length header says. */
export async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MOST_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"), (_, value: unknown) =>
      typeof value === "string" ? storableText(value) : value,
    );
  } catch {
    throw new UnreadableBody(400, "invalid-json", "The message is not JSON.");
  }
}

function tooLarge(): UnreadableBody {
  return new UnreadableBody(413, "body-too-large", "The message is too large. Send fewer log lines at once.");
}
