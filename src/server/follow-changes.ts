import { mayAdminister } from "~/domain/permission";
import { readVisibleClients } from "./access/read-visible-clients";
import { changeFeed } from "./change-feed";
import type { Ctx } from "./context";
import type { Change } from "./db/changes";
import { doorbell } from "./doorbell";
import { untilShutdown } from "./shutdown";

/** Something changed. `id` is `*` when many of its kind did, or after a gap in which we heard nothing: ask again for all. */
export type SeenChange = Pick<Change, "entity" | "id" | "clientId">;

/** Shortest pause between two batches to one listener: a person sees no difference, a browser with fifty queries does. */
const PAUSE_MS = 250;
/** Above this many at once, they are told as "many". */
const MOST_SINGLE = 20;
const ENTITIES = [
  "client",
  "repository",
  "plan",
  "job",
  "archive",
  "system",
  "alert",
  "schedule",
  "release",
] as const;

/**
 * What changes from now on as far as the actor may see it, each thing once per batch, at most four batches a second. What belongs to no
 * client is an admin's. Judges by the actor as it was at the beginning: whoever holds a stream open for long asks anew from time to time
 * (api/while-allowed). Ends with `signal` or the process.
 */
export async function* followChanges(
  ctx: Ctx,
  input: { signal?: AbortSignal | undefined },
): AsyncGenerator<SeenChange> {
  const feed = await changeFeed();
  const { signal, release } = untilShutdown(input.signal);
  const bell = doorbell();
  let pending = new Map<string, SeenChange>();
  const stop = feed.onChange((change) => {
    for (const seen of change ? [change] : ENTITIES.map((entity) => ({ entity, id: "*", clientId: null }))) {
      pending.set(`${seen.entity}:${seen.id}`, {
        entity: seen.entity,
        id: seen.id,
        clientId: seen.clientId,
      });
    }
    bell.ring();
  });
  try {
    while ((await bell.wait({ signal })) !== "gone") {
      const batch = [...pending.values()];
      pending = new Map();
      const seen = await onlySeen(ctx, batch);
      yield* seen.length > MOST_SINGLE ? asMany(seen) : seen;
      await doorbell().wait({ ms: PAUSE_MS, signal });
    }
  } finally {
    stop();
    release();
  }
}

async function onlySeen(ctx: Ctx, changes: readonly SeenChange[]): Promise<SeenChange[]> {
  const visible = await readVisibleClients(ctx, [
    ...new Set(changes.flatMap(({ clientId }) => clientId ?? [])),
  ]);
  const seesAll = ctx.actor.kind === "user" && mayAdminister(ctx.actor);
  return changes.filter(({ id, clientId }) =>
    clientId === null ? id === "*" || seesAll : visible.has(clientId),
  );
}

function asMany(changes: readonly SeenChange[]): SeenChange[] {
  const entities = new Set(changes.map((change) => change.entity));
  return [...entities].map((entity) => ({ entity, id: "*", clientId: null }));
}
