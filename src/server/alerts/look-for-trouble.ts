import type { AlertKind } from "~/domain/alert";
import type { Ctx } from "../context";
import { lookAtBackups, lookAtSkippedRuns } from "./looks/backups";
import { lookAtClientQuotas } from "./looks/client-quotas";
import { lookAtGaps, lookAtSilentClients } from "./looks/clients";
import { lookAtCoverage } from "./looks/coverage";
import { lookAtDrills } from "./looks/drills";
import { lookAtObjectives } from "./looks/objectives";
import { lookAtSelfBackups } from "./looks/self-backup";
import { lookAtIncidents, lookAtMaintenance, lookAtNodes, lookAtRepositories } from "./looks/storage";
import { lookAtSuspicions } from "./looks/suspicions";
import { lookAtChannels, lookAtJournal } from "./looks/system";
import { type Finding, type SyncedAlerts, syncAlerts } from "./sync-alerts";

/** What is watched, and which kinds of alerts come of it: what a look does not find any more is right again. Edit when something new is watched. */
const LOOKS: readonly { kinds: readonly AlertKind[]; look: (ctx: Ctx) => Promise<Finding[]> }[] = [
  { kinds: ["objective-breached"], look: lookAtObjectives },
  { kinds: ["backup-failed"], look: lookAtBackups },
  { kinds: ["backup-skipped"], look: lookAtSkippedRuns },
  { kinds: ["client-silent"], look: lookAtSilentClients },
  { kinds: ["plan-gap"], look: lookAtGaps },
  { kinds: ["storage-full", "storage-node-silent"], look: lookAtNodes },
  { kinds: ["check-failed", "quota-hard", "quota-soft"], look: lookAtSizes },
  { kinds: ["coverage-behind"], look: lookAtCoverage },
  { kinds: ["drill-failed"], look: lookAtDrills },
  { kinds: ["repository-quarantined"], look: lookAtIncidents },
  { kinds: ["backup-suspicious"], look: lookAtSuspicions },
  { kinds: ["maintenance-failed"], look: lookAtMaintenance },
  { kinds: ["journal-broken"], look: lookAtJournal },
  { kinds: ["no-recovery-key", "self-backup-missing"], look: lookAtSelfBackups },
  { kinds: ["channel-failing"], look: lookAtChannels },
];

/** Quotas are of repositories and of clients. */
async function lookAtSizes(ctx: Ctx): Promise<Finding[]> {
  return [...(await lookAtRepositories(ctx)), ...(await lookAtClientQuotas(ctx))];
}

/**
 * Looks at everything that can be wrong, a few statements however large the fleet, and brings the alerts in line. One look that fails leaves
 * its own alerts as they are and the others to theirs; the first failure is thrown at the end.
 */
export async function lookForTrouble(ctx: Ctx): Promise<SyncedAlerts> {
  let all: SyncedAlerts = { opened: 0, resolved: 0 };
  const failures: unknown[] = [];
  for (const { kinds, look } of LOOKS) {
    try {
      const synced = await syncAlerts(ctx, { kinds, found: await look(ctx) });
      all = { opened: all.opened + synced.opened, resolved: all.resolved + synced.resolved };
    } catch (problem) {
      failures.push(problem);
    }
  }
  if (failures.length > 0) throw failures[0];
  return all;
}
