import type { Readable } from "node:stream";

/**
 * Hands borg's stdout on to the caller, who sets the pace: `take` is runBorg's `onStdoutStream`, `bytes` answers when all of it is handed on
 * and throws as the caller's side did.
 */
export function handOn(send: (piece: Buffer) => Promise<void>): {
  take: (stdout: Readable) => void;
  bytes: () => Promise<number>;
} {
  let handedOn: Promise<number> = Promise.resolve(0);
  return {
    take(stdout) {
      handedOn = sendAll(stdout, send);
      // Its failure is that of borg or of the caller, and is told by whoever awaits `bytes`.
      handedOn.catch(() => undefined);
    },
    bytes: () => handedOn,
  };
}

async function sendAll(stdout: Readable, send: (piece: Buffer) => Promise<void>): Promise<number> {
  let bytes = 0;
  for await (const piece of stdout) {
    bytes += piece.length;
    await send(piece);
  }
  return bytes;
}
