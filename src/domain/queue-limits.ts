import type { JobProblem } from "./job-payload";
import type { Setting } from "./settings";

/** Lanes whose jobs take a place: they read or write a repository through the storage node. */
export const PLACED_LANES = ["backup", "restore"] as const;
export type PlacedLane = (typeof PLACED_LANES)[number];

export function isPlaced(lane: string): lane is PlacedLane {
  return (PLACED_LANES as readonly string[]).includes(lane);
}

/** Places that jobs of one lane have now; `client` counts those of all lanes. */
export interface Taken {
  server: number;
  node: number;
  client: number;
}

const LIMITS = {
  client: "limit-client",
  node: "limit-node",
  server: "limit-server",
} as const;

/** Codes of a job that could begin but for a limit: it stands in line. */
export const LIMIT_CODES: readonly string[] = [...Object.values(LIMITS), "limit-turn"];

export type Seat =
  /** There is a place; whether it is this job's turn is another question. */
  | { free: number }
  /** There is none. */
  | { free: 0; why: JobProblem };

/**
 * How many further jobs of a lane may begin for a client, and if none, which limit stands in the way. Backups and restores are counted apart:
 * whoever needs a file back does not wait for backups. A client's own limit counts both.
 */
export function findSeat(limits: Setting<"queue">, taken: Taken, lane: PlacedLane): Seat {
  const jobs = lane === "backup" ? "backups" : "restores";
  if (taken.client >= limits.mostPerClient) {
    const say = `Waits: this machine does ${of(taken.client, limits.mostPerClient)} jobs that one machine may do at once.`;
    return { free: 0, why: { code: LIMITS.client, say } };
  }
  if (taken.node >= limits.mostPerNode) {
    const say = `Waits: ${of(taken.node, limits.mostPerNode)} ${jobs} run on this storage node.`;
    return { free: 0, why: { code: LIMITS.node, say } };
  }
  if (taken.server >= limits.mostOnServer) {
    const say = `Waits: ${of(taken.server, limits.mostOnServer)} ${jobs} run on this server.`;
    return { free: 0, why: { code: LIMITS.server, say } };
  }
  return { free: Math.min(limits.mostPerNode - taken.node, limits.mostOnServer - taken.server) };
}

/** Why a job waits although a place is free: as many as there are free places are before it. */
export function waitsForTurn(lane: PlacedLane): JobProblem {
  const jobs = lane === "backup" ? "backups" : "restores";
  return { code: "limit-turn", say: `Waits: places for ${jobs} came free, but it is not its turn yet.` };
}

/** How long the line before a job is, for the person who waits. `ahead` is counted up to {@link MOST_COUNTED}. */
export function sayAhead(ahead: number): string {
  if (ahead === 0) return "It is the next.";
  if (ahead > MOST_COUNTED) return `More than ${MOST_COUNTED} are before it.`;
  return ahead === 1 ? "One is before it." : `About ${ahead} are before it.`;
}

/** Nobody plans by the difference between 1,000 and 2,000, and counting costs. */
export const MOST_COUNTED = 1000;

function of(taken: number, most: number): string {
  return `${taken} of ${most}`;
}
