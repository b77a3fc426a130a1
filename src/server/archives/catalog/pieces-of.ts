/**
 * Turns a call that hands out pieces into an iteration over them: the call goes on only when the piece before was used up, and its failure is
 * the iteration's. An iteration that is left early makes the next piece fail, which ends the call.
 */
export async function* piecesOf<T>(
  call: (take: (piece: T) => Promise<void>) => Promise<unknown>,
): AsyncGenerator<T> {
  type Waiting = { piece: T; used: () => void; leave: (reason: Error) => void };
  const waiting: { next: Waiting | null } = { next: null };
  let wake = () => {};
  let ended = false;
  let left = false;
  const done = call(
    (piece) =>
      new Promise<void>((used, leave) => {
        if (left) return leave(new Error("nobody takes the rest"));
        waiting.next = { piece, used, leave };
        wake();
      }),
  ).finally(() => {
    ended = true;
    wake();
  });
  // Awaited below; a failure before that must not count as nobody's.
  done.catch(() => undefined);
  try {
    for (;;) {
      const taken = waiting.next;
      waiting.next = null;
      if (taken) {
        yield taken.piece;
        taken.used();
      } else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    left = true;
    waiting.next?.leave(new Error("nobody takes the rest"));
  }
  await done;
}
