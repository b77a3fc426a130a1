import { connect, type Socket } from "node:net";
import { env } from "~/env";
import {
  FRAME_HEADER_BYTES,
  type KeeperInput,
  type KeeperOutput,
  type KeeperRefusal,
  type KeeperVerb,
  keeperAnswer,
  keeperVerbs,
} from "./contract";

/** The keeper refused or could not. `say` is for the person; `fault` also stands for a keeper that does not answer. */
export class KeeperError extends Error {
  readonly code: KeeperRefusal;
  readonly say: string;
  /** No answer came: the keeper is not there, or went away. The same call is right again later. */
  readonly unreachable: boolean;

  constructor(code: KeeperRefusal, say: string, more: { cause?: unknown; unreachable?: boolean } = {}) {
    super(`${code}: ${say}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "KeeperError";
    this.code = code;
    this.say = say;
    this.unreachable = more.unreachable ?? false;
  }
}

export type KeeperCall = {
  /** Aborting closes the connection, which ends what was asked for. */
  signal?: AbortSignal;
  /** Longest wait for the answer; default 10 minutes. The keeper has limits of its own below it. */
  timeoutMs?: number;
  /** Default: the one of this installation. */
  socketPath?: string;
  /** Takes what a streaming verb sends before its answer, piece by piece: the next one is read when the promise has resolved. */
  onPiece?: (piece: Buffer) => Promise<void>;
  /** What a verb takes in behind its request; its failure ends the call. */
  pieces?: AsyncIterable<Buffer>;
};

/** A listing of 20,000 entries with long names. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Asks the keeper for one thing. Typed by the contract; both what goes out and what comes back is parsed. Throws KeeperError for
 * every outcome but success, `fault` when the keeper is not there.
 */
export function callKeeper<V extends KeeperVerb>(
  verb: V,
  input: KeeperInput<V>,
  { signal, timeoutMs = 600_000, socketPath = env().keeperSocket, onPiece, pieces: given }: KeeperCall = {},
): Promise<KeeperOutput<V>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new KeeperError("cancelled", "It was cancelled."));
    const request = JSON.stringify({ verb, input: keeperVerbs[verb].input.parse(input) });
    const socket = connect(socketPath);
    const pieces: Buffer[] = [];
    let size = 0;
    const frames = onPiece ? readFrames(onPiece) : null;
    let handedOn: Promise<void> = Promise.resolve();
    const fail = (code: KeeperRefusal, say: string, more?: { cause?: unknown; unreachable?: boolean }) => {
      settle();
      reject(new KeeperError(code, say, more));
    };
    const settle = () => {
      clearTimeout(limit);
      signal?.removeEventListener("abort", onAbort);
      socket.destroy();
    };
    const onAbort = () => fail("cancelled", "It was cancelled.");
    const limit = setTimeout(
      () => fail("timed-out", "The storage service did not answer in time."),
      timeoutMs,
    );
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => {
      socket.write(`${request}\n`);
      if (!given) return;
      sendFrames(socket, given).catch((cause: unknown) => {
        settle();
        reject(cause);
      });
    });
    socket.once("error", (cause) =>
      fail("fault", "The storage service does not answer. Is the keeper running?", {
        cause,
        unreachable: true,
      }),
    );
    socket.on("data", (piece) => {
      if (frames) {
        socket.pause();
        handedOn = frames.push(piece);
        handedOn.then(
          () => socket.resume(),
          (cause: unknown) => {
            settle();
            reject(cause);
          },
        );
        return;
      }
      pieces.push(piece);
      size += piece.length;
      if (size > MAX_ANSWER_BYTES) fail("fault", "The storage service's answer is too long.");
    });
    const finish = () => {
      try {
        const output = readAnswer(verb, (frames?.rest() ?? Buffer.concat(pieces)).toString("utf8"));
        settle();
        resolve(output);
      } catch (error) {
        if (error instanceof KeeperError) return fail(error.code, error.say, error);
        fail("fault", "The storage service's answer was not understood.", { cause: error });
      }
    };
    // A socket that is paused ends all the same: what came last may still be on its way to whoever takes it.
    socket.once("end", () => void handedOn.then(finish, () => undefined));
  });
}

/** Sends pieces as frames (contract.ts), no faster than the keeper takes them, and the empty one behind them. Stops when the answer is there. */
async function sendFrames(socket: Socket, pieces: AsyncIterable<Buffer>): Promise<void> {
  const frame = (piece: Buffer) => {
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    header.writeUInt32BE(piece.length, 1);
    return Buffer.concat([header, piece]);
  };
  for await (const piece of pieces) {
    if (socket.destroyed) return;
    if (piece.length === 0 || socket.write(frame(piece))) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off("drain", go);
        socket.off("close", go);
        resolve();
      };
      socket.on("drain", go);
      socket.on("close", go);
    });
  }
  if (!socket.destroyed) socket.write(frame(Buffer.alloc(0)));
}

/** Takes frames (contract.ts) apart and hands their bytes on as they come; what follows them is the answer. */
function readFrames(onPiece: (piece: Buffer) => Promise<void>) {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let answering = false;
  return {
    async push(given: Buffer): Promise<void> {
      rest = rest.length === 0 ? given : Buffer.concat([rest, given]);
      while (!answering && rest.length > 0) {
        if (left > 0) {
          const piece = rest.subarray(0, left);
          left -= piece.length;
          rest = rest.subarray(piece.length);
          await onPiece(piece);
        } else if (rest[0] !== 0) answering = true;
        else if (rest.length < FRAME_HEADER_BYTES) return;
        else {
          left = rest.readUInt32BE(1);
          rest = rest.subarray(FRAME_HEADER_BYTES);
        }
      }
      if (answering && rest.length > MAX_ANSWER_BYTES)
        throw new KeeperError("fault", "The storage service's answer is too long.");
    },
    rest: () => rest,
  };
}

function readAnswer<V extends KeeperVerb>(verb: V, text: string): KeeperOutput<V> {
  if (!text.endsWith("\n"))
    throw new KeeperError("fault", "The storage service stopped before it answered. Try again in a minute.", {
      unreachable: true,
    });
  const answer = keeperAnswer.parse(JSON.parse(text));
  if (!answer.ok) throw new KeeperError(answer.code, answer.say);
  return keeperVerbs[verb].output.parse(answer.output) as KeeperOutput<V>;
}
