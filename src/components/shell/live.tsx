"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { LiveState } from "~/components/ui/live-mark";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";

const LiveContext = createContext<LiveState>({ kind: "connecting" });

/** Milliseconds between two rounds of re-reading: a busy fleet changes many times a second, a reader cannot follow that. */
const ROUND_MS = 500;

/** Milliseconds after which an ended subscription is begun again. */
const RETRY_MS = 5_000;

type Entity =
  | "client"
  | "repository"
  | "plan"
  | "schedule"
  | "job"
  | "alert"
  | "archive"
  | "release"
  | "system";

/**
 * The one live subscription of a tab. The server says what kind of thing changed; what the page shows of it is read again. After a
 * gap everything is read again, because what was missed is not sent twice.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const [state, setState] = useState<LiveState>({ kind: "connecting" });
  const changed = useInvalidation();
  const wasLive = useRef(false);
  // Whoever may see nothing is told nothing, and would be refused every few seconds.
  const maySee = useMay("view");
  const live = () => {
    setState((before) => (before.kind === "live" ? before : { kind: "live" }));
    wasLive.current = true;
  };
  const lost = () =>
    setState((before) => (before.kind === "stale" ? before : { kind: "stale", since: new Date() }));
  const { reset, status } = useSubscription(
    trpc.live.changes.subscriptionOptions(
      {},
      {
        enabled: maySee,
        onStarted: () => {
          if (wasLive.current) changed("everything");
          live();
        },
        onData: (change) => {
          live();
          changed(entityOf(change));
        },
        onConnectionStateChange: (connection) => {
          // Idle: the server has ended it, because it stops itself or what this person may do has changed.
          if (connection.state !== "pending" && (wasLive.current || connection.error)) lost();
        },
        onError: lost,
      },
    ),
  );
  // A subscription that ended, by an error or by the server, is not tried again by itself.
  useEffect(() => {
    if (!maySee || (status !== "error" && status !== "idle")) return;
    const timer = setTimeout(reset, RETRY_MS);
    return () => clearTimeout(timer);
  }, [maySee, status, reset]);
  return <LiveContext value={state}>{children}</LiveContext>;
}

/** Whether what this tab shows is kept up to date now. */
export function useLive(): LiveState {
  return useContext(LiveContext);
}

/** Tracked events come as `{ id, data }`, plain ones as they are. */
function entityOf(change: { entity: Entity } | { data: { entity: Entity } }): Entity {
  return "data" in change ? change.data.entity : change.entity;
}

function isFromBorg(folder: unknown): boolean {
  return typeof folder === "object" && folder !== null && "source" in folder && folder.source === "borg";
}

/** Collects what changed and reads it again once per round. */
function useInvalidation(): (entity: Entity | "everything") => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const dirty = useRef(new Set<Entity | "everything">());
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
    },
    [],
  );
  return useCallback(
    (entity) => {
      dirty.current.add(entity);
      timer.current ??= setTimeout(() => {
        timer.current = null;
        const round = dirty.current;
        dirty.current = new Set();
        if (round.has("everything")) {
          void queryClient.invalidateQueries();
          return;
        }
        const clients = trpc.clients.pathFilter();
        const repositories = trpc.repositories.pathFilter();
        const imports = trpc.repositoryImports.pathFilter();
        const plans = trpc.plans.pathFilter();
        const overview = trpc.overview.pathFilter();
        const vault = trpc.vault.pathFilter();
        const stale = {
          client: [clients, overview, trpc.vault.sessions.pathFilter(), trpc.looks.gaps.pathFilter()],
          repository: [repositories, imports, clients, overview, vault],
          plan: [plans, trpc.schedules.pathFilter(), trpc.planProfiles.pathFilter(), clients, repositories],
          schedule: [trpc.schedules.pathFilter(), plans, trpc.planProfiles.pathFilter(), clients, overview],
          alert: [overview, trpc.alerts.pathFilter(), trpc.alertChannels.list.pathFilter()],
          // Not jobs.log: the job page follows its log by a subscription of its own.
          job: [
            trpc.jobs.list.pathFilter(),
            trpc.jobs.get.pathFilter(),
            overview,
            plans,
            clients,
            repositories,
            imports,
            trpc.looks.gaps.pathFilter(),
            trpc.vault.incident.pathFilter(),
            trpc.reports.certificates.pathFilter(),
            trpc.reports.restoreTime.pathFilter(),
          ],
          archive: [
            trpc.archives.list.pathFilter(),
            trpc.archives.get.pathFilter(),
            trpc.archives.comparable.pathFilter(),
            trpc.archives.suspicion.pathFilter(),
            trpc.archives.cleanSet.pathFilter(),
            trpc.archives.timeline.pathFilter(),
            // What an archive holds never changes, but the catalog may hold it now.
            {
              ...trpc.archives.browse.pathFilter(),
              predicate: ({ state }: { state: { data?: unknown } }) => isFromBorg(state.data),
            },
            overview,
            clients,
            plans,
            repositories,
            trpc.vault.get.pathFilter(),
          ],
          release: [trpc.updates.pathFilter()],
          system: [trpc.system.pathFilter(), overview],
        };
        const filters = new Set([...round].flatMap((kind) => (kind === "everything" ? [] : stale[kind])));
        for (const filter of filters) void queryClient.invalidateQueries(filter);
      }, ROUND_MS);
    },
    [trpc, queryClient],
  );
}
