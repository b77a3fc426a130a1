import type { Duplex } from "node:stream";
import { z } from "zod";
import { REFUSAL_CODES, Refusal } from "~/domain/refusal";
import { FRAME, type Frame, readFrames, TAKEN } from "./stream-frames";

/** How long a worker may say nothing while we wait for it: it says that it is alive every few seconds. */
const SILENCE_MS = 60_000;

const head = z.object({ bytes: z.number().int().nonnegative().nullable() });
const failure = z.object({ code: z.enum(REFUSAL_CODES), say: z.string() });

/** What the worker brings. */
export interface Arrival {
  /** Of all that comes; null: not known before. */
  bytes: number | null;
  /** Ends only when all of it has come; throws when the stream broke off. */
  pieces: AsyncGenerator<Buffer>;
  /** Ends it from our side, whatever is under way. The worker takes that as nobody waiting any more. */
  close(): void;
}

/** Waits until the worker says that it has something. Refuses as the worker did; throws when it went away. */
export async function receiveStream(connection: Duplex): Promise<Arrival> {
  const close = () => connection.destroy();
  const frames = watched(connection);
  const first = await frames.next();
  if (first.done) throw cutOff();
  if (first.value.type === FRAME.failure) {
    close();
    throw refusalIn(first.value);
  }
  if (first.value.type !== FRAME.head) throw cutOff();
  const { bytes } = head.parse(JSON.parse(first.value.bytes.toString("utf8")));
  return { bytes, pieces: piecesOf(connection, frames, bytes), close };
}

/** Of a known length the last piece waits for the end: whoever counts goes away with it, and must not have it before all is well. */
async function* piecesOf(
  connection: Duplex,
  frames: AsyncGenerator<Frame>,
  length: number | null,
): AsyncGenerator<Buffer> {
  let received = 0;
  let last: Buffer | null = null;
  try {
    for await (const frame of frames) {
      if (frame.type === FRAME.data) {
        received += frame.bytes.length;
        if (received === length) last = frame.bytes;
        else yield frame.bytes;
      } else if (frame.type === FRAME.failure) throw refusalIn(frame);
      else if (frame.type === FRAME.end) {
        connection.end(Buffer.from([TAKEN]));
        if (last) yield last;
        return;
      }
    }
    throw cutOff();
  } catch (problem) {
    connection.destroy();
    throw problem;
  }
}

/** The frames but those that only say `alive`. A worker that is silent while we wait for it is gone. */
async function* watched(connection: Duplex): AsyncGenerator<Frame> {
  const frames = readFrames(connection);
  for (;;) {
    const silence = setTimeout(() => connection.destroy(cutOff()), SILENCE_MS);
    const { value, done } = await frames.next().finally(() => clearTimeout(silence));
    if (done) return;
    if (value.type !== FRAME.alive) yield value;
  }
}

function refusalIn(frame: Frame): Refusal {
  const { code, say } = failure.parse(JSON.parse(frame.bytes.toString("utf8")));
  return new Refusal(code, { say });
}

function cutOff(): Error {
  return new Error("the storage node broke off a download");
}
