import { setTimeout as wait } from "node:timers/promises";

/** Asks again until the answer is true; fails after `seconds` and says what it waited for. Errors of the question fly at once. */
export async function until(
  what: string,
  question: () => Promise<boolean> | boolean,
  { seconds = 30, everyMs = 50 } = {},
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await question())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await wait(everyMs);
  }
}
