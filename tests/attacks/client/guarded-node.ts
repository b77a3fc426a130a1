import { setTimeout as wait } from "node:timers/promises";
import { KeeperError } from "~/keeper/client";
import type { KeeperOutput } from "~/keeper/contract";
import type { Layers } from "~/keeper/layers";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

/** One repository of the node, as a worker knows it. */
export type Guarded = { clientId: string; repositoryId: string; passphrase: string };

/** Our storage node as a hostile client meets it, with the worker's part: it audits what the keeper names, unless it is paused. */
export type GuardedNode = {
  node: StorageNode;
  layers: Layers;
  guard: (repository: Guarded) => void;
  pause: (repository: Guarded) => () => void;
  /** Everything that was written is judged and, where nothing of the client runs, sealed. Answers the state. */
  settle: (repository: Guarded, wanted?: "sealed" | "audited") => Promise<KeeperOutput<"vault-state">>;
  stop: () => Promise<void>;
};

const SETTLED_WITHIN_MS = 60_000;

export async function startGuardedNode(given: {
  borg: string;
  layers?: { [L in keyof Layers]?: false };
  sessionLimitSeconds?: number;
}): Promise<GuardedNode> {
  const node = await startStorageNode({ ...given, audits: false });
  const layers = { audit: true, seal: true, gate: true, ...given.layers };
  const guarded = new Map<string, Guarded>();
  const paused = new Set<string>();
  const stopping = new AbortController();

  const audit = async (repository: Guarded) => {
    if (paused.has(repository.repositoryId)) return;
    await node.keeper("audit-repository", repository).catch(ignoreRefusals);
  };
  const work = (async () => {
    while (!stopping.signal.aborted) {
      const { repositories } = await node
        .keeper("next-audits", { waitSeconds: 5 }, { signal: stopping.signal })
        .catch(() => ({ repositories: [] }));
      for (const { repositoryId } of repositories) {
        const known = guarded.get(repositoryId);
        if (known) void audit(known);
      }
      await wait(20);
    }
  })();

  const stateOf = ({ clientId, repositoryId }: Guarded) =>
    node.keeper("vault-state", { clientId, repositoryId });
  const settle: GuardedNode["settle"] = async (repository, wanted = "sealed") => {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    // A reader may stay while it is audited, but then nothing is sealed.
    if (wanted === "sealed") await untilSessionsEnded(node, repository.clientId, deadline);
    for (;;) {
      // As the timer does: what was changed without a session is found as well.
      if (layers.audit) await audit(repository);
      const state = await stateOf(repository);
      const isSealed =
        wanted === "audited" || !layers.seal || state.seals.at(-1)?.transaction === state.auditedTransaction;
      if (state.hold !== null || !layers.audit || (state.unaudited === 0 && isSealed)) return state;
      if (performance.now() > deadline) return state;
      await wait(200);
    }
  };
  return {
    ...{ node, layers, settle },
    guard: (repository) => guarded.set(repository.repositoryId, repository),
    pause: ({ repositoryId }) => {
      paused.add(repositoryId);
      return () => {
        paused.delete(repositoryId);
        const known = guarded.get(repositoryId);
        if (known) void audit(known);
      };
    },
    stop: async () => {
      stopping.abort();
      await work;
      await node.stop();
    },
  };
}

/** `session-open`, and what a test of a switched-off layer is told, are answers. A fault is not. */
function ignoreRefusals(error: unknown) {
  if (!(error instanceof KeeperError) || (error.code === "fault" && !error.unreachable)) throw error;
}

async function untilSessionsEnded(node: StorageNode, clientId: string, deadline: number) {
  while (performance.now() < deadline) {
    const sessions = await sessionsOf(node, clientId);
    if (sessions.every((session) => session.endedAt !== null)) return;
    await wait(50);
  }
}

export async function sessionsOf(node: StorageNode, clientId: string, fromSequence = 0) {
  const found: KeeperOutput<"list-sessions">["sessions"] = [];
  for (let next = fromSequence; ; ) {
    const { sessions } = await node.keeper("list-sessions", { fromSequence: next, limit: 1000 });
    found.push(...sessions.filter((session) => session.sequence >= next));
    if (sessions.length < 1000) break;
    next = Math.max(...sessions.map(({ sequence }) => sequence)) + 1;
  }
  return found.filter((session) => session.clientId === clientId && session.sequence >= fromSequence);
}
