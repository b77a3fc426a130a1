import type { Hindrance, SkipReason } from "./decide-due";
import { sayQuarantined } from "./quarantine-words";
import type { Timing } from "./schedule";

/** A repository of a plan, as it stands when a backup is due. */
export interface DueRepository {
  id: string;
  name: string;
  /** `gone`: removed, also while that can be undone. */
  state: "creating" | "ready" | "failed" | "gone";
  /** A backup of this plan into it waits or runs. */
  busy: boolean;
}

/** What is known when a backup is due. */
export interface DueBackup {
  timing: Timing;
  planRemoved: boolean;
  repositories: readonly DueRepository[];
  client: {
    removed: boolean;
    enrolled: boolean;
    online: boolean;
    /** What the machine says of itself; null and absent: it does not know. */
    machine: { onMains?: boolean | null | undefined; metered?: boolean | null | undefined } | null;
    /** The name of a repository of it that is quarantined; null: none is. */
    quarantined: string | null;
  };
}

export interface DueVerdict {
  hindrance: Hindrance;
  /** Into which repositories it goes, when nothing hinders it. */
  into: readonly DueRepository[];
  /** Why not into the others; null: into all. */
  without: SkipReason | null;
  /** Nothing will ever be due again. */
  over: boolean;
}

/**
 * Whether a backup that is due may be queued now, and into which of its plan's repositories. What will get better by itself while it waits
 * (the machine is away, its repository is being made) is left to the queue; a backup into a repository where the former one still waits or
 * runs is skipped, for that repository alone. One that is for when the machine is available waits for that.
 */
export function judgeDueBackup(due: DueBackup): DueVerdict {
  const { client } = due;
  if (due.planRemoved || client.removed) {
    const say = due.planRemoved ? "Its plan was removed." : "Its client was removed.";
    return { ...skip(due.planRemoved ? "plan-removed" : "client-removed", say), over: true };
  }
  if (!client.enrolled) return skip("client-not-enrolled", "The client has not enrolled yet.");
  if (client.quarantined !== null) {
    return skip("repository-quarantined", sayQuarantined(client.quarantined, "backups go on after that."));
  }
  const fit = due.repositories.filter(({ state }) => state === "creating" || state === "ready");
  if (fit.length === 0) return skip("repository-not-ready", sayUnfit(due.repositories));
  const into = fit.filter(({ busy }) => !busy);
  const available = due.timing.kind === "available" ? due.timing : null;
  if (into.length === 0) {
    if (available) return waiting;
    return skip("former-unfinished", "The backup before it still waits or runs.");
  }
  if (available && !isAvailable(available, client)) return waiting;
  const left = due.repositories.filter((one) => !into.includes(one));
  const without =
    left.length === 0
      ? null
      : { code: "partly", say: `Not into ${left.map(({ name }) => name).join(", ")}: ${sayLeft(left)}` };
  return { hindrance: null, into, without, over: false };
}

const waiting: DueVerdict = { hindrance: { kind: "wait" }, into: [], without: null, over: false };

function skip(code: string, say: string): DueVerdict {
  return { hindrance: { kind: "skip", reason: { code, say } }, into: [], without: null, over: false };
}

/** What a machine does not know of itself counts as fitting: a server has no battery, and most networks cost nothing. */
function isAvailable(timing: Extract<Timing, { kind: "available" }>, client: DueBackup["client"]): boolean {
  if (!client.online) return false;
  if (timing.onMains && client.machine?.onMains === false) return false;
  return !(timing.notMetered && client.machine?.metered === true);
}

function sayUnfit(repositories: readonly DueRepository[]): string {
  const failed = repositories.find(({ state }) => state === "failed");
  return failed
    ? `The repository ${failed.name} could not be made. Retry that first.`
    : "Its repository was removed. Choose another for the plan.";
}

function sayLeft(left: readonly DueRepository[]): string {
  return left.some(({ busy }) => busy) ? "the backup before still waits or runs." : "not usable now.";
}
