import type { Forecast } from "~/domain/capacity";
import { type ObjectiveState, worstState } from "~/domain/objective";
import { type PlanObjective, readObjectives } from "../alerts/read-objectives";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { visibleTo } from "../db/visible-to";
import type { JobRow } from "../jobs/job-row";
import { readRecentJobs, readRunningJobs } from "../jobs/read-overview-jobs";
import { type GridRow, readBackupGrid } from "./read-backup-grid";
import { type FleetClient, readFleet } from "./read-fleet";
import { type NeedsYou, readNeeds } from "./read-needs";
import { readStorage } from "./read-storage";

export interface Overview {
  counts: FleetCounts;
  running: JobRow[];
  needsYou: NeedsYou[];
  /** The ten that ended last. */
  recent: JobRow[];
  /** Living archives, and the bytes that all repositories take on disk. */
  archives: { count: number; bytes: number };
  /** Null: not reported yet, or not an admin who asks. */
  storage: {
    freeBytes: number;
    totalBytes: number;
    at: Date;
    /** Of the location that is full first; `forecastOf` names it where there are several. */
    forecast: Forecast;
    forecastOf: string | null;
  } | null;
  /** Thirty days, oldest first, for the first 200 clients by name. */
  grid: GridRow[];
}

export interface FleetCounts {
  clients: number;
  online: number;
  offline: number;
  /** Not enrolled yet, or enrolled and its account not there yet. */
  awaiting: number;
  problem: number;
  /** Clients of which every plan keeps what it promises, by audited archives. */
  asPromised: number;
  /** Those of them of which a restore has proven every plan lately. */
  proven: number;
  /** Clients with a plan of which nothing shows yet that it keeps its promise: no archive, no restore. */
  unproven: number;
  /** Clients with a plan that broke a promise: no archive in time, or no restore that proves it. */
  overdue: number;
}

const GRID_CLIENTS = 200;

/** What the first page shows, in a dozen statements however large the fleet is. */
export async function getOverview(ctx: Ctx): Promise<Overview> {
  const fleet = await readFleet(ctx);
  const [objectives, running, recent, needsYou, storage, grid] = await Promise.all([
    readObjectives(ctx, { where: visibleTo(ctx.actor, plans.clientId) }),
    readRunningJobs(ctx),
    readRecentJobs(ctx),
    readNeeds(ctx, fleet),
    readStorage(ctx),
    readBackupGrid(ctx, fleet.slice(0, GRID_CLIENTS)),
  ]);
  return {
    counts: { ...countFleet(fleet), ...countPromises(objectives) },
    running,
    needsYou,
    recent,
    ...storage,
    grid,
  };
}

function countFleet(fleet: FleetClient[]) {
  const inState = (...states: string[]) => fleet.filter((client) => states.includes(client.state)).length;
  return {
    clients: fleet.length,
    online: inState("online"),
    offline: inState("offline"),
    awaiting: inState("waiting", "preparing"),
    problem: inState("problem"),
  };
}

/** A client stands as its worst plan does; one without plans promises nothing and counts nowhere. */
function countPromises(objectives: readonly PlanObjective[]) {
  const statesByClient = new Map<string, Set<ObjectiveState>>();
  for (const { clientId, state } of objectives) {
    statesByClient.set(clientId, (statesByClient.get(clientId) ?? new Set()).add(state));
  }
  const worst = [...statesByClient.values()].map((states) => worstState([...states]));
  const count = (...states: ObjectiveState[]) => worst.filter((one) => one && states.includes(one)).length;
  return {
    ...{ asPromised: count("ok", "proven"), proven: count("proven") },
    ...{ unproven: count("unproven"), overdue: count("breached") },
  };
}
