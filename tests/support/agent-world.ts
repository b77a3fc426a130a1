import { onTestFinished } from "vitest";
import { POST as enroll } from "~/app/api/agent/v1/enroll/route";
import { POST as report } from "~/app/api/agent/v1/jobs/[id]/report/route";
import { POST as poll } from "~/app/api/agent/v1/poll/route";
import { POST as probation } from "~/app/api/agent/v1/probation/route";
import { GET as releaseFile } from "~/app/api/agent/v1/release-files/[sha256]/route";
import {
  type PollRequest,
  type PollResponse,
  pollResponse,
  type ReportRequest,
  type ReportResponse,
  reportResponse,
} from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import type { SharedFeed } from "~/server/change-feed";
import type { Ctx } from "~/server/context";
import { getJob } from "~/server/jobs/get-job";
import { type TestDatabase, testDatabase } from "./database";
import { enrolledClient, plan, readyRepository, reportNode, TEST_MACHINE, TEST_POLICY } from "./fleet";

export interface AgentWorld {
  database: TestDatabase;
  /** The admin, now. */
  admin(): Ctx;
  client: { id: string; apiKey: string };
  repositoryId: string;
  planId: string;
  startBackup(planId?: string): Promise<string>;
  job(jobId: string): ReturnType<typeof getJob>;
}

/** A database with one enrolled machine, its repository and a plan, for tests that speak the agent protocol to the real routes. */
export async function agentWorld(): Promise<AgentWorld> {
  const database = await testDatabase();
  closeFeedAfterTest();
  const admin = () => database.ctx({ now: new Date() });
  await reportNode(admin());
  const client = await enrolledClient(admin(), "web-01");
  const { id: repositoryId } = await readyRepository(admin(), client.id);
  const { id: planId } = await plan(admin(), client.id, repositoryId);
  return {
    database,
    admin,
    client,
    repositoryId,
    planId,
    async startBackup(id = planId) {
      const started = await startBackup(admin(), await authorize(admin(), "backup", client.id), {
        planId: id,
      });
      return started.jobId;
    },
    job: async (jobId) => getJob(admin(), await authorize(admin(), "view", client.id), { jobId }),
  };
}

/** The feed of this process belongs to one database; the next test has another. */
export function closeFeedAfterTest(): void {
  const shared = globalThis as typeof globalThis & { bbsChangeFeed?: Promise<SharedFeed> | undefined };
  onTestFinished(async () => {
    await (await shared.bbsChangeFeed)?.close();
    shared.bbsChangeFeed = undefined;
  });
}

const URL_ROOT = "https://backup.example.test:3000/api/agent/v1";

export interface SendOptions {
  key?: string | null;
  signal?: AbortSignal;
  peer?: string;
}

function request(path: string, body: unknown, { signal, ...options }: SendOptions): Request {
  return new Request(`${URL_ROOT}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headersOf(options) },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: signal ?? null,
  });
}

function headersOf({ key, peer = "192.0.2.7" }: SendOptions): Record<string, string> {
  return {
    "bbs-protocol": "1",
    "x-bbs-peer": peer,
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };
}

export function pollBody(change: Partial<PollRequest> = {}): PollRequest {
  return {
    protocol: 1,
    machine: TEST_MACHINE,
    policy: TEST_POLICY,
    freeLanes: ["backup", "restore"],
    holding: [],
    waitSeconds: 0,
    ...change,
  };
}

export function reportBody(change: Partial<ReportRequest> = {}): ReportRequest {
  return { protocol: 1, lease: 1, state: "running", log: [], ...change };
}

export const sendEnrol = (body: unknown, options: SendOptions = {}) =>
  enroll(request("enroll", body, options));
export const sendPoll = (body: unknown, options: SendOptions = {}) => poll(request("poll", body, options));
export const sendReport = (jobId: string, body: unknown, options: SendOptions = {}) =>
  report(request(`jobs/${jobId}/report`, body, options), { params: Promise.resolve({ id: jobId }) });
export const sendProbation = (body: unknown, options: SendOptions = {}) =>
  probation(request("probation", body, options));
export const askReleaseFile = (sha256: string, options: SendOptions = {}) =>
  releaseFile(
    new Request(`${URL_ROOT}/release-files/${encodeURIComponent(sha256)}`, { headers: headersOf(options) }),
    { params: Promise.resolve({ sha256 }) },
  );

/** Polls and reads the answer, which must be a good one. */
export async function pollOk(
  world: AgentWorld,
  change: Partial<PollRequest> = {},
  options: SendOptions = {},
): Promise<PollResponse> {
  const response = await sendPoll(pollBody(change), { key: world.client.apiKey, ...options });
  return pollResponse.parse(await okBody(response));
}

export async function reportOk(
  world: AgentWorld,
  jobId: string,
  change: Partial<ReportRequest> = {},
): Promise<ReportResponse> {
  const response = await sendReport(jobId, reportBody(change), { key: world.client.apiKey });
  return reportResponse.parse(await okBody(response));
}

async function okBody(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(body)}`);
  return body;
}

/** A refusal as its status and code, e.g. `409 stale-lease`. */
export async function refusalOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error?: { code: string } };
  return `${response.status} ${body.error?.code}`;
}

/** A backup's good end as an agent reports it. */
export function goodEnd(archiveName: string): Partial<ReportRequest> {
  return {
    state: "succeeded",
    result: {
      kind: "backup",
      archive: {
        borgId: "ab".repeat(32),
        name: archiveName,
        startedAt: "2026-11-23T02:00:00.000Z",
        endedAt: "2026-11-23T02:01:00.000Z",
        durationSeconds: 60,
        originalBytes: 1000,
        compressedBytes: 500,
        deduplicatedBytes: 100,
        files: 3,
      },
      warnings: 0,
      borgExitCode: 0,
      borgVersion: "1.2.4",
    },
  };
}
