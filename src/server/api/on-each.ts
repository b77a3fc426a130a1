import { Refusal } from "~/domain/refusal";
import { noteDenial } from "./note-denial";
import type { ApiContext } from "./trpc";

/** What came of asking the same of many things. */
export interface OnEach {
  /** How many it was done to. */
  done: number;
  /** To which it was not done, and why in words. */
  left: { id: string; code: string; say: string }[];
}

/**
 * Does the same to each of many things, one after the other, each with the permission and the transaction of its own: what may not be done
 * to one is told and stops none of the others. A fault stops it, with what was done before it done.
 */
export async function onEach(
  ctx: ApiContext,
  given: { asked: string; ids: readonly string[] },
  act: (id: string) => Promise<unknown>,
): Promise<OnEach> {
  const left: OnEach["left"] = [];
  const ids = [...new Set(given.ids)];
  for (const id of ids) {
    try {
      await act(id);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      noteDenial(ctx, given.asked, { cause: problem });
      left.push({ id, code: problem.code, say: problem.say });
    }
  }
  return { done: ids.length - left.length, left };
}
