import { archiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { RestorePlace, RestoreRequest } from "~/domain/restore-request";
import { type RestoreTarget, whyTargetForbidden } from "~/domain/restore-target";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import type { Owner } from "../access/authorize";
import { archiveMissing, findArchiveOwner } from "../archives/get-archive";
import type { Ctx } from "../context";
import { measureParts } from "./measure-parts";
import { queueRestore } from "./queue-restore";
import { type RestorableArchive, restorableArchive } from "./restorable-archive";

/** Whose archives are read and whose machine writes; the same client unless another one was named. */
export interface RestoreParties {
  from: Authorized<"restore">;
  to: Authorized<"restore">;
}

/**
 * Queues a restore. The policy that the machine last reported gives an early, friendly no; the machine itself decides.
 * Refuses archive-missing, client-not-enrolled, repository-quarantined, target-forbidden, agent-too-old, invalid-input.
 */
export async function startRestore(
  ctx: Ctx,
  { from, to }: RestoreParties,
  request: RestoreRequest,
): Promise<{ jobId: string }> {
  const totals = await measureParts(request.parts);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const target = placeOnMachine(request.target);
    if (from.clientId !== to.clientId) {
      throw new Refusal("invalid-input", { say: "Restores go to the machine that made the archive." });
    }
    const found = await partsOf(inTx, from, request);
    const [first, ...more] = found;
    const { archive, client, policy } = first;
    const madeByClient = found.every((part) => part.archive.jobId !== null);
    const why = whyTargetForbidden(policy, target, { madeByClient });
    if (why) throw new Refusal("target-forbidden", { say: why });
    const { existing, owners, dryRun } = request;
    const isPlain = more.length === 0 && existing === "overwrite" && owners === "keep" && !dryRun;
    if (!isPlain) refuseOldAgent(first);
    return queueRestore(
      inTx,
      first,
      {
        ...{ paths: first.paths, target, existing, owners, dryRun, ...(totals ? { totals } : {}) },
        ...(more.length > 0 ? { more: more.map(asPart) } : {}),
      },
      {
        say: `${dryRun ? "Asked what a restore would write" : "Asked to restore"}: ${whatOf(found)}, on ${client.name}.`,
        detail: { target, existing, owners, dryRun, parts: found.map(shownPart), archiveName: archive.name },
      },
    );
  });
}

/** Whose archives are asked for. Refuses archive-missing. */
export async function findPartsOwner(ctx: Ctx, request: Pick<RestoreRequest, "parts">): Promise<Owner> {
  const [part] = request.parts;
  if (!part) throw archiveMissing();
  return findArchiveOwner(ctx, part);
}

function placeOnMachine(place: RestorePlace): RestoreTarget {
  if (place.kind !== "server-folder") return place;
  throw new Refusal("invalid-input", { say: "This server has no restore folder." });
}

type Part = RestorableArchive & { paths: string[] };

/** Every part with its archive. Refuses parts of two repositories: their files could not be read with one key. */
async function partsOf(
  ctx: Ctx,
  may: Authorized<"restore">,
  request: RestoreRequest,
): Promise<[Part, ...Part[]]> {
  const parts: Part[] = [];
  for (const part of request.parts) {
    parts.push({ ...(await restorableArchive(ctx, may, part)), paths: part.paths });
  }
  const [first, ...more] = parts;
  if (!first) throw archiveMissing();
  if (more.some(({ archive }) => archive.repositoryId !== first.archive.repositoryId)) {
    throw new Refusal("invalid-input", {
      say: "One restore reads from one repository. Start another one for the archives of the other repository.",
    });
  }
  return [first, ...more];
}

function asPart({ archive, paths }: Part) {
  const { id, name: archiveName, borgId } = archive;
  return { archiveId: archiveId.parse(id), archiveName, borgId, paths };
}

/** An agent from before these fields would leave them out without a word, and overwrite. */
export function refuseOldAgent({ client }: Pick<RestorableArchive, "client">): void {
  if (client.machine?.abilities?.includes(RESTORE_EXTRAS_ABILITY)) return;
  throw new Refusal("agent-too-old", {
    say: `The agent on ${client.name} can only overwrite and keep owners. Install the agent of this server on it anew.`,
  });
}

function whatOf(parts: readonly Part[]): string {
  return parts
    .slice(0, 3)
    .map(({ archive, paths }) => {
      const what = paths.length === 0 ? "the whole of" : `${paths.length} files or folders out of`;
      return `${what} the archive ${archive.name}`;
    })
    .concat(parts.length > 3 ? [`and ${parts.length - 3} more parts`] : [])
    .join(", ");
}

/** So many paths of a part stand in the journal; the rest is counted. */
const MOST_PATHS = 20;

function shownPart({ archive, paths }: Part) {
  const named = paths.slice(0, MOST_PATHS).map((path) => Buffer.from(path, "base64").toString("utf8"));
  return { archiveId: archive.id, paths: named, pathsNotNamed: paths.length - named.length };
}
