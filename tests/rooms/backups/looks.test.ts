import { beforeEach, expect, it } from "vitest";
import type { Action } from "~/domain/permission";
import type { DryRunResult } from "~/protocol/looks";
import type { PollRequest, ReportRequest } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { readDisk } from "~/server/backups/read-disk";
import { readLook } from "~/server/backups/read-look";
import { searchGaps, searchGapsDaily } from "~/server/backups/search-gaps";
import { startDryRun, testExcludes } from "~/server/backups/start-dry-run";
import { listJobs } from "~/server/jobs/list-jobs";
import { purgeFolderListings } from "~/server/jobs/purge-folder-listings";
import { addSource } from "~/server/plans/add-source";
import { dismissGap } from "~/server/plans/dismiss-gap";
import { listGaps } from "~/server/plans/list-gaps";
import {
  type AgentWorld,
  agentWorld,
  pollOk,
  refusalOf,
  reportBody,
  reportOk,
  sendReport,
} from "~tests/support/agent-world";
import { later } from "~tests/support/database";
import { TEST_POLICY } from "~tests/support/fleet";

let world: AgentWorld;
const open = { policy: { ...TEST_POLICY, browse: true }, freeLanes: ["look"] } satisfies Partial<PollRequest>;
const encode = (text: string) => Buffer.from(text).toString("base64");
const may = <A extends Action>(action: A) => authorize(world.admin(), action, world.client.id);
const browse = async (path: string, more: { waitMs?: number } = {}) =>
  readDisk(world.admin(), await may("browse-live-disk"), { path: encode(path), ...more });
const entry = { name: encode("a"), type: "file" as const, bytes: 1, modifiedAt: null, mode: 0o644 };

beforeEach(async () => {
  world = await agentWorld();
  await pollOk(world, open);
});

/** Takes the next order as the machine would, and answers it. */
async function answer(end: (jobId: string) => Partial<ReportRequest>) {
  const { jobs } = await pollOk(world, { ...open, waitSeconds: 5 });
  const [order] = jobs;
  if (!order) throw new Error("no order came");
  await reportOk(world, order.jobId, { state: "succeeded", lease: order.lease, ...end(order.jobId) });
  return order;
}

const listed = (entries = [entry]): Partial<ReportRequest> => ({
  result: { kind: "browse-disk", path: encode("/srv"), entries, truncated: false },
});

const dry: DryRunResult = {
  ...{ kind: "dry-run", included: { files: 3, directories: 2, bytes: 9 }, leftOut: [] },
  ...{ unreadable: { files: 0, samples: [] }, missing: [], largestFolders: [], largestFiles: [] },
  ...{ complete: true, seconds: 1, problems: [], problemCount: 0, borgVersion: "1.2.4" },
};

const journal = () =>
  world.database.pool.sql`select action, say from journal_entries order by id desc limit 3`;

it("asks the machine for a folder, gives its answer, and writes down who looked where", async () => {
  const [folder, order] = await Promise.all([browse("/srv"), answer(() => listed())]);
  expect(folder).toEqual({ entries: [entry], truncated: false });
  expect(order).toMatchObject({ kind: "browse-disk", path: encode("/srv") });
  const [first] = await journal();
  expect(first).toEqual({ action: "disk.browsed", say: "Looked into /srv on web-01." });
});

it("goes beside a backup that runs, and needs no repository that is free", async () => {
  await world.startBackup();
  await pollOk(world, { ...open, freeLanes: ["backup"] });
  const [folder] = await Promise.all([browse("/"), answer(() => listed([]))]);
  expect(folder.entries).toEqual([]);
});

it("refuses at once what the machine does not allow, and a machine that is away", async () => {
  await pollOk(world, { policy: TEST_POLICY, freeLanes: ["look"] });
  await expect(browse("/srv")).rejects.toMatchObject({ code: "target-forbidden" });
  await pollOk(world, open);
  const tomorrow = { ...world.admin(), now: later({ hours: 24 }, new Date()) };
  const looking = readDisk(tomorrow, await may("browse-live-disk"), { path: encode("/srv") });
  await expect(looking).rejects.toMatchObject({ code: "client-offline" });
});

it.each([
  ["policy-forbids-looking", "target-forbidden"],
  ["folder-missing", "not-found"],
  ["folder-unreadable", "target-forbidden"],
] as const)("tells the machine's own %s in its words", async (problem, code) => {
  const looking = browse("/srv");
  const words = { state: "failed", problem: { code: problem, say: "In its words." } } as const;
  const [told] = await Promise.allSettled([looking, answer(() => words)]);
  expect(told).toMatchObject({ reason: { code, say: "In its words." } });
});

it("takes a look back that nobody waits for any more", async () => {
  await expect(browse("/srv", { waitMs: 50 })).rejects.toMatchObject({ code: "client-offline" });
  expect((await pollOk(world, open)).jobs).toEqual([]);
});

it("refuses more looks at once than a person makes", async () => {
  const dryRun = { sources: ["/srv"], excludes: [], oneFileSystem: false, excludeCaches: false };
  const settings = { ...dryRun, excludeIfPresent: [], keepExcludeTags: false };
  for (let i = 0; i < 20; i++) await testExcludes(world.admin(), await may("browse-live-disk"), settings);
  await expect(browse("/srv")).rejects.toMatchObject({ code: "rate-limited" });
});

it("takes no hostile listing, and tells who waits for it", async () => {
  const looking = browse("/srv", { waitMs: 5000 }).catch((problem: unknown) => problem);
  const { jobs } = await pollOk(world, { ...open, waitSeconds: 5 });
  const [order] = jobs;
  if (!order) throw new Error("no order came");
  const entries = [{ ...entry, name: "<script>" }];
  const result = { kind: "browse-disk", path: encode("/srv"), entries, truncated: false };
  const body = { ...reportBody({ state: "succeeded", lease: order.lease }), result };
  const refused = await refusalOf(await sendReport(order.jobId, body, { key: world.client.apiKey }));
  expect(refused).toBe("422 invalid-input");
  const words = { code: "agent-fault", say: "It went wrong." } as const;
  await reportOk(world, order.jobId, { state: "failed", lease: order.lease, problem: words });
  expect(await looking).toMatchObject({ say: "It went wrong." });
});

it("does not take the result of one look for that of another", async () => {
  const looking = browse("/srv", { waitMs: 3000 }).catch((problem: unknown) => problem);
  const { jobs } = await pollOk(world, { ...open, waitSeconds: 5 });
  const [order] = jobs;
  if (!order) throw new Error("no order came");
  const body = reportBody({ state: "succeeded", lease: order.lease, result: dry });
  expect(await refusalOf(await sendReport(order.jobId, body, { key: world.client.apiKey }))).toBe(
    "422 invalid-input",
  );
  await reportOk(world, order.jobId, { state: "succeeded", lease: order.lease, ...listed() });
  expect(await looking).toMatchObject({ truncated: false });
});

it("has the machine count what a plan would take, and shows it to those only who may look", async () => {
  const { jobId } = await startDryRun(world.admin(), await may("browse-live-disk"), { planId: world.planId });
  const order = await answer(() => ({ result: dry }));
  expect(order).toMatchObject({
    kind: "dry-run",
    sources: ["/etc"],
    excludes: ["*.tmp"],
    keepExcludeTags: false,
  });
  const look = await readLook(world.admin(), await may("browse-live-disk"), { jobId });
  expect(look).toMatchObject({ state: "succeeded", result: dry });
  // Whoever may see the client's jobs need not be one who may look at its disk.
  expect(await world.job(jobId)).toMatchObject({ payload: {}, result: null, told: [] });
  const shown = await listJobs(world.admin(), { limit: 10 });
  expect(shown.items.map(({ id }) => id)).not.toContain(jobId);
});

it("does not tell in a job what a look met", async () => {
  const looking = browse("/home/ada/secret").catch((problem: unknown) => problem);
  const words = {
    state: "failed",
    problem: { code: "folder-missing", say: "/home/ada/secret is not there." },
  } as const;
  const order = await answer(() => words);
  await looking;
  expect(JSON.stringify(await world.job(order.jobId))).not.toContain("secret");
});

it("keeps looks for an hour, and searches for a month", async () => {
  await Promise.all([browse("/srv"), answer(() => listed())]);
  await searchGaps(world.admin(), await may("browse-live-disk"));
  await answer(() => ({ result: { kind: "find-gaps", gaps: [] } }));
  const at = (hours: number) => world.database.workerCtx(later({ hours }, new Date()));
  expect(await purgeFolderListings(at(0.9))).toBe(0);
  expect(await purgeFolderListings(at(1.1))).toBe(1);
  expect(await purgeFolderListings(at(24 * 29))).toBe(0);
  expect(await purgeFolderListings(at(24 * 31))).toBe(1);
});

const gap = (path: string, bytes: number | null = 5) => ({ path, kind: "folder" as const, bytes });

async function search(gaps: ReturnType<typeof gap>[]) {
  await searchGaps(world.admin(), await may("browse-live-disk"));
  await answer(() => ({ result: { kind: "find-gaps", gaps } }));
}

const paths = async () => (await listGaps(world.admin(), await may("view"))).gaps.map(({ path }) => path);

it("keeps what a search found until a plan covers it, a search no longer finds it, or somebody says so", async () => {
  await search([gap("/srv"), gap("/opt", null), gap("/data", 50)]);
  expect(await paths()).toEqual(["/opt", "/data", "/srv"]);
  await addSource(world.admin(), await may("manage-plans"), { planId: world.planId, path: "/srv" });
  expect(await paths()).toEqual(["/opt", "/data"]);
  const [first] = await journal();
  expect(first?.action).toBe("plan.changed");
  await dismissGap(world.admin(), await may("manage-plans"), { path: "/opt", dismissed: true });
  await search([gap("/new")]);
  const { gaps, searchedAt, searchingJobId } = await listGaps(world.admin(), await may("view"));
  expect(gaps.map(({ path, dismissedAt }) => [path, dismissedAt !== null])).toEqual([
    ["/opt", true],
    ["/new", false],
  ]);
  expect(searchedAt).toBeInstanceOf(Date);
  expect(searchingJobId).toBeNull();
  await dismissGap(world.admin(), await may("manage-plans"), { path: "/opt", dismissed: false });
  const unknown = dismissGap(world.admin(), await may("manage-plans"), { path: "/gone", dismissed: true });
  await expect(unknown).rejects.toMatchObject({ code: "changed-meanwhile" });
});

it("answers a second search with the one under way, and searches by itself once a day", async () => {
  const first = await searchGaps(world.admin(), await may("browse-live-disk"));
  expect(await searchGaps(world.admin(), await may("browse-live-disk"))).toEqual(first);
  const at = (hours: number) => world.database.workerCtx(later({ hours }, new Date()));
  expect(await searchGapsDaily(at(0))).toBe(0);
  await answer(() => ({ result: { kind: "find-gaps", gaps: [] } }));
  // Away by then.
  expect(await searchGapsDaily(at(25))).toBe(0);
  await world.database.pool.sql`update clients set last_seen_at = now() + interval '25 hours'`;
  expect(await searchGapsDaily(at(25))).toBe(1);
  expect(await searchGapsDaily(at(25))).toBe(0);
});

it("never searches a machine by itself that does not let anybody look", async () => {
  await pollOk(world, { policy: TEST_POLICY, freeLanes: ["look"] });
  expect(await searchGapsDaily(world.database.workerCtx(new Date()))).toBe(0);
});
