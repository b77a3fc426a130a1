import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { RestoreRequest } from "~/domain/restore-request";
import { whyTargetForbidden } from "~/domain/restore-target";
import type { Owner } from "../access/authorize";
import { archiveMissing, findArchiveOwner } from "../archives/get-archive";
import type { Ctx } from "../context";
import type { ArchiveAndClient } from "./archive-and-client";
import { measureParts } from "./measure-parts";
import { queueOnServer } from "./queue-on-server";
import { archiveOf, queueRestore } from "./queue-restore";
import { queueThroughParcel } from "./queue-through-parcel";
import { readableArchive, refuseOldAgent, restoringClient } from "./restorable-archive";

/** Whose archives are read and whose machine writes; the same client unless another one was named. */
export interface RestoreParties {
  from: Authorized<"restore">;
  to: Authorized<"restore">;
}

/**
 * Queues a restore, onto another client by way of a parcel. The policy that the machine last reported gives an early, friendly no; the machine itself decides.
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
    const { target } = request;
    const found = await partsOf(inTx, from, request);
    const [first, ...more] = found;
    const parts = more.length > 0 ? { more: more.map(asPart) } : {};
    if (target.kind === "server-folder") {
      refuseForServer(request);
      return queueOnServer(inTx, first, {
        ...{ ...archiveOf(first), paths: first.paths, ...parts, ...(totals ? { totals } : {}) },
        ...{ say: `${whatOf(found)}, onto the storage server.`, detail: { parts: found.map(shownPart) } },
      });
    }
    const isOwn = from.clientId === to.clientId;
    const { client, policy } = await restoringClient(inTx, to);
    const madeByClient = isOwn && found.every(({ archive }) => archive.jobId !== null);
    const why = whyTargetForbidden(policy, target, { madeByClient });
    if (why) throw new Refusal("target-forbidden", { say: why });
    const { existing, owners, dryRun } = request;
    const isPlain = more.length === 0 && existing === "overwrite" && owners === "keep" && !dryRun;
    if (!isPlain || !isOwn) refuseOldAgent(client);
    const asked = {
      ...{ paths: first.paths, target, existing, owners, dryRun, ...(totals ? { totals } : {}) },
      ...parts,
    };
    const told = {
      say: `${dryRun ? "Asked what a restore would write" : "Asked to restore"}: ${whatOf(found)}, on ${client.name}.`,
      detail: { target, existing, owners, dryRun, parts: found.map(shownPart) },
    };
    const queued = isOwn
      ? await queueRestore(inTx, first, asked, told)
      : await queueThroughParcel(inTx, first, client, { ...archiveOf(first), ...asked }, told);
    return { jobId: queued.jobId };
  });
}

/** A new folder of the server holds nothing, and its account can give files to nobody. */
function refuseForServer({ toClientId, dryRun }: RestoreRequest): void {
  if (toClientId === undefined && !dryRun) return;
  throw new Refusal("invalid-input", {
    say: "The server's restore folder is new for each restore and belongs to no client: everything is written, and there is nothing to try first.",
  });
}

/** Whose archives are asked for. Refuses archive-missing. */
export async function findPartsOwner(ctx: Ctx, request: Pick<RestoreRequest, "parts">): Promise<Owner> {
  const [part] = request.parts;
  if (!part) throw archiveMissing();
  return findArchiveOwner(ctx, part);
}

type Part = ArchiveAndClient & { paths: string[] };

/** Every part with its archive. Refuses parts of two repositories: their files could not be read with one key. */
async function partsOf(
  ctx: Ctx,
  may: Authorized<"restore">,
  request: RestoreRequest,
): Promise<[Part, ...Part[]]> {
  const parts: Part[] = [];
  for (const part of request.parts) {
    parts.push({ ...(await readableArchive(ctx, may, part)), paths: part.paths });
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
  return { ...archiveOf({ archive }), paths };
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
