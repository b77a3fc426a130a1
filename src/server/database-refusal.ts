import { Refusal } from "~/domain/refusal";
import { isDatabaseAway } from "./database-away";
import { log } from "./log";

/**
 * What the edges tell when the database was away in the middle of a request: it is no fault of ours, and mostly over in seconds. Null: the
 * problem is another one. Whether a change was still stored is not known then.
 */
export function databaseRefusal(problem: unknown, about: Record<string, unknown>): Refusal | null {
  if (!isDatabaseAway(problem)) return null;
  log().warn({ err: problem, ...about }, "the database is away");
  return new Refusal("database-away", {
    say: "The database does not answer just now. Try again in a moment; if you changed something, look first whether it was done.",
  });
}
