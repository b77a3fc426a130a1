import type { Ctx } from "../context";
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
  storage: { freeBytes: number; totalBytes: number; at: Date } | null;
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
  /** Clients of which we saw an archive committed within {@link FRESH_HOURS}. */
  proven: number;
  /** Clients with a plan of which we did not. */
  overdue: number;
}

/** A day, and as much again as a daily backup may be late: until plans have objectives of their own. */
const FRESH_HOURS = 48;
const GRID_CLIENTS = 200;

/** What the first page shows, in eight statements however large the fleet is. */
export async function getOverview(ctx: Ctx): Promise<Overview> {
  const fleet = await readFleet(ctx);
  const [running, recent, needsYou, storage, grid] = await Promise.all([
    readRunningJobs(ctx),
    readRecentJobs(ctx),
    readNeeds(ctx, fleet),
    readStorage(ctx),
    readBackupGrid(ctx, fleet.slice(0, GRID_CLIENTS)),
  ]);
  return { counts: countFleet(fleet, ctx.now), running, needsYou, recent, ...storage, grid };
}

function countFleet(fleet: FleetClient[], now: Date): FleetCounts {
  const freshSince = now.getTime() - FRESH_HOURS * 3_600_000;
  const isFresh = (client: FleetClient) => (client.lastArchiveAt?.getTime() ?? 0) >= freshSince;
  const inState = (...states: string[]) => fleet.filter((client) => states.includes(client.state)).length;
  return {
    clients: fleet.length,
    online: inState("online"),
    offline: inState("offline"),
    awaiting: inState("waiting", "preparing"),
    problem: inState("problem"),
    proven: fleet.filter(isFresh).length,
    overdue: fleet.filter((client) => client.hasPlan && !isFresh(client)).length,
  };
}
