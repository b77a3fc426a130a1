import { eq } from "drizzle-orm";
import type { NodeStatus } from "~/domain/node-status";
import { env } from "~/env";
import { MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { systemNodeStatus } from "../db/schema/system";
import { type TlsKind, tlsKind } from "./tls-kind";
import { SERVER_VERSION } from "./version";

export interface SystemStatus {
  version: string;
  appUrl: string;
  ssh: { host: string; port: number };
  /** Null: the storage node has no borg, or has not reported yet. */
  borgVersion: string | null;
  /** Whether the keeper is root; null before its first report. */
  root: boolean | null;
  protections: NodeStatus["protections"];
  /** Null: the storage node has not reported yet. */
  forcedCommand: NodeStatus["forcedCommand"] | null;
  storage: { freeBytes: number; totalBytes: number; at: Date } | null;
  /** When the worker wrote last; it does every 30 s. */
  workerSeenAt: Date | null;
  tls: TlsKind;
}

/** What this server is and which protections are really on, as the storage node reported last. */
export async function getSystemStatus(ctx: Ctx): Promise<SystemStatus> {
  const [node] = await ctx.db
    .select()
    .from(systemNodeStatus)
    .where(eq(systemNodeStatus.storageNodeId, MAIN_NODE));
  return {
    version: SERVER_VERSION,
    appUrl: env().appUrl,
    ssh: { host: env().sshHost, port: env().sshPort },
    borgVersion: node?.status.borgVersion ?? null,
    root: node?.status.root ?? null,
    protections: node?.status.protections ?? [],
    forcedCommand: node?.status.forcedCommand ?? null,
    storage: node
      ? { freeBytes: node.status.freeBytes, totalBytes: node.status.totalBytes, at: node.at }
      : null,
    workerSeenAt: node?.at ?? null,
    tls: tlsKind(),
  };
}
