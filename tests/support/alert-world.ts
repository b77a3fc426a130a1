import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { onTestFinished } from "vitest";
import { jobPayloads } from "~/domain/job-payload";
import type { Schedule } from "~/domain/schedule";
import { type ChannelInput, saveChannel } from "~/server/alerts/channels";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { type DeliveryOutcome, sendDueDelivery } from "~/server/alerts/send-due-delivery";
import { newId } from "~/server/db/new-id";
import { alerts } from "~/server/db/schema/alerts";
import { jobs } from "~/server/db/schema/jobs";
import { schedules } from "~/server/db/schema/schedules";
import { archiveLedger } from "~/server/db/schema/vault";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { recordNodeStatus } from "~/server/system/record-node-status";
import { later, TEST_START, type TestDatabase, testDatabase } from "./database";
import { enrolledClient, plan, readyRepository, reportNode, testPublicKey } from "./fleet";

/** What a receiver got. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  got: Received[];
  /** The status that it answers with. */
  status: number;
}

/** A real HTTP server on loopback. */
export async function receiver(): Promise<Receiver> {
  const made: Receiver = { url: "", got: [], status: 200 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      made.got.push({
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
      });
      response.writeHead(made.status).end("thanks");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return made;
}

export interface AlertWorld {
  database: TestDatabase;
  clientId: string;
  repositoryId: string;
  planId: string;
  /** Looks at everything, so many minutes after the start. */
  look(minutes?: number): Promise<unknown>;
  /** Sends what is due until nothing is; what the tries came to. */
  send(minutes?: number): Promise<DeliveryOutcome[]>;
  /** Alerts as rows, the oldest first. */
  rows(): Promise<(typeof alerts.$inferSelect)[]>;
  channel(given: Partial<ChannelInput>): Promise<string>;
  /** An archive that an audit has found, so many minutes after the start. */
  archive(minutes?: number, more?: Partial<typeof archiveLedger.$inferInsert>): Promise<string>;
  job(given: Partial<typeof jobs.$inferInsert>): Promise<string>;
  schedule(schedule: Schedule, given?: Partial<typeof schedules.$inferInsert>): Promise<string>;
}

export const DAILY: Schedule = {
  timing: { kind: "daily", times: ["02:00"] },
  ...{ zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null },
};

/** A machine with a plan and a repository; the storage node reports whenever is looked. Everything at {@link TEST_START}. */
export async function alertWorld(): Promise<AlertWorld> {
  const database = await testDatabase();
  const { db } = database.pool;
  const ctx = database.ctx();
  await reportNode(ctx);
  const client = await enrolledClient(ctx, "web-01");
  const { id: repositoryId } = await readyRepository(ctx, client.id);
  const { id: planId } = await plan(ctx, client.id, repositoryId);
  await saveOutgoing(ctx, { allowed: ["127.0.0.1"] });
  return {
    ...{ database, clientId: client.id, repositoryId, planId },
    look: async (minutes = 0) => {
      const at = database.workerCtx(later({ minutes }));
      await reportRoom(at, 5_000_000_000);
      return lookForTrouble(at);
    },
    send: async (minutes = 0) => {
      const outcomes: DeliveryOutcome[] = [];
      for (;;) {
        const outcome = await sendDueDelivery(() => database.workerCtx(later({ minutes })));
        if (outcome === null) return outcomes;
        outcomes.push(outcome);
      }
    },
    rows: () => db.select().from(alerts).orderBy(alerts.openedAt, alerts.key),
    channel: async (given) => (await saveChannel(ctx, { ...CHANNEL, ...given })).id,
    archive: async (minutes = 0, more = {}) => {
      const id = newId();
      await db.insert(archiveLedger).values({
        ...{ id, name: id, repositoryId, planId, borgId: newId().padEnd(64, "0") },
        ...{ observedAt: later({ minutes }), claimedStartAt: later({ minutes }), ...more },
      });
      return id;
    },
    job: async (given) => {
      const id = newId();
      const made = { ...{ id, runId: id, clientId: client.id, repositoryId, planId, createdAt: TEST_START } };
      await db.insert(jobs).values({
        ...made,
        ...{ kind: "backup", executor: "agent", lane: "backup", state: "queued" },
        payload: jobPayloads.compact.parse({}),
        ...given,
      });
      return id;
    },
    schedule: async (schedule, given = {}) => {
      const id = newId();
      await db.delete(schedules).where(eq(schedules.planId, planId));
      await db.insert(schedules).values({
        ...{ id, purpose: "backup", clientId: client.id, planId, schedule, enabled: true },
        ...{ nextDueAt: later({ hours: 16 }), nextRunAt: later({ hours: 16 }) },
        ...{ createdAt: TEST_START, updatedAt: TEST_START, ...given },
      });
      return id;
    },
  };
}

/** The storage node says how much room it has. */
export async function reportRoom(ctx: ReturnType<TestDatabase["ctx"]>, freeBytes: number): Promise<void> {
  const status = { root: true, borgVersion: "1.2.4", sshHostKeys: [testPublicKey()], protections: [] };
  await recordNodeStatus(ctx, { status: { ...status, freeBytes, totalBytes: 9_000_000_000 } });
}

const CHANNEL: ChannelInput = {
  ...{ kind: "webhook", name: "Hook", to: [], chat: "", everyMinutes: 5 },
  ...{ minSeverity: "info", enabled: true, planId: null },
};
