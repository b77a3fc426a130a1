import { sql } from "drizzle-orm";
import { makeContext } from "../context";

/** Longest wait for an answer: under the interval at which supervisors ask. */
const LONGEST_WAIT_MS = 3000;

/** Whether the database answers within three seconds. */
export async function isDatabaseUp(): Promise<boolean> {
  const late = AbortSignal.timeout(LONGEST_WAIT_MS);
  const gaveUp = new Promise<false>((resolve) => late.addEventListener("abort", () => resolve(false)));
  const answered = makeContext({ kind: "worker" })
    .db.execute(sql`select 1`)
    .then(
      () => true,
      () => false,
    );
  return Promise.race([answered, gaveUp]);
}
