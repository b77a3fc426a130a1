import type { Authorized } from "~/domain/permission";
import type { RestoreRequest } from "~/domain/restore-request";
import { catalogSql } from "../../catalog-pool";
import type { Ctx } from "../../context";
import { getArchive } from "../get-archive";
import { cleanPathsSince } from "./clean-paths";
import { suspiciousRun } from "./suspicious-run";

/** What a restore of everything as it was before a suspicious run consists of. */
export interface CleanSet {
  /** Where the run began. */
  suspicious: { archiveId: string; name: string; observedAt: Date };
  /** The last archive before it: "the clean set as of" its time. */
  lastClean: { archiveId: string; name: string; observedAt: Date };
  /** For restores.start: the last clean archive whole, then what later backups added or changed beside what the run touched. */
  parts: RestoreRequest["parts"];
  /** Files and folders in the parts after the first. */
  laterPaths: number;
  /** Such paths that did not fit; they are in the newest archive. */
  leftOut: number;
}

/**
 * The clean set of the plan that made an archive, whichever of its archives is asked about. What people deleted after the run comes back
 * with it, for nobody can tell it from what the attacker deleted. Null: the plan has no suspicious backup, or nothing clean is left before it.
 * Refuses archive-missing.
 */
export async function cleanSet(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: string },
): Promise<CleanSet | null> {
  await getArchive(ctx, may, input);
  const run = await suspiciousRun(ctx, input);
  const [first] = run?.suspicious ?? [];
  if (!run || !first) return null;
  const newest = run.later.at(-1);
  const later = newest
    ? await cleanPathsSince(catalogSql(), {
        suspicious: run.suspicious.map(({ place }) => place),
        newest: newest.place,
      })
    : { paths: [], leftOut: 0 };
  const named = ({ archiveId, name, observedAt }: typeof first) => ({ archiveId, name, observedAt });
  const whole = { archiveId: run.lastClean.archiveId, paths: [] };
  const parts =
    newest && later.paths.length > 0
      ? [whole, { archiveId: newest.archiveId, paths: later.paths.map(toWire) }]
      : [whole];
  return {
    ...{ suspicious: named(first), lastClean: named(run.lastClean) },
    parts: parts as RestoreRequest["parts"],
    ...{ laterPaths: later.paths.length, leftOut: later.leftOut },
  };
}

const toWire = (path: string) => Buffer.from(path, "latin1").toString("base64");
