import { doorbell } from "../doorbell";
import type { ApiContext } from "./trpc";

/** Milliseconds between two looks at whether somebody may still follow what is streamed to them: at once, as a person sees it, at the
 *  cost of one small statement per open tab. */
const LOOK_MS = 3_000;

/**
 * A stream for as long as the actor may follow it. Asks the rows anew every few seconds, whatever the stream is waiting for: it ends with
 * what `still` throws (the sign-in or token has ended, the permission is gone), and quietly when that answers false. `signal` is the request's.
 */
export async function* whileAllowed<T>(
  ctx: ApiContext,
  given: {
    still: (now: ApiContext) => Promise<boolean>;
    signal: AbortSignal | undefined;
    stream: (signal: AbortSignal) => AsyncGenerator<T>;
    lookMs?: number;
  },
): AsyncGenerator<T> {
  const over = new AbortController();
  const ended = AbortSignal.any([over.signal, ...(given.signal ? [given.signal] : [])]);
  const thrown: unknown[] = [];
  const looking = (async () => {
    for (;;) {
      const why = await doorbell().wait({ ms: given.lookMs ?? LOOK_MS, signal: ended });
      if (why === "gone") return;
      try {
        if (await given.still(await renewed(ctx))) continue;
      } catch (problem) {
        thrown.push(problem);
      }
      over.abort();
    }
  })();
  try {
    for await (const event of given.stream(ended)) {
      if (over.signal.aborted) break;
      yield event;
    }
    if (thrown.length > 0) throw thrown[0];
  } finally {
    over.abort();
    await looking;
  }
}

/**
 * An answer that may have been waited for: who could not ask for it any more when it came does not get it. `still` refuses then. What came
 * at once is not looked at twice.
 */
export async function ifStillAllowed<T>(
  ctx: ApiContext,
  answer: Promise<T>,
  still: (now: ApiContext) => Promise<unknown>,
): Promise<T> {
  const given = await answer;
  if (Date.now() - ctx.now.getTime() >= LOOK_MS) await still(await renewed(ctx));
  return given;
}

/** The context with whom the rows now say that it is. */
async function renewed(ctx: ApiContext): Promise<ApiContext> {
  const actor = ctx.refreshActor ? await ctx.refreshActor() : ctx.actor;
  return { ...ctx, now: new Date(), actor };
}
