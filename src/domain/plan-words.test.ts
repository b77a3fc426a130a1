import { expect, it } from "vitest";
import { NO_OPTIONS } from "./no-options";
import { EMPTY_PLAN } from "./plan-draft";
import type { PlanDraft } from "./plan-input";
import { summarizePlan } from "./plan-words";

const plan: PlanDraft = { ...EMPTY_PLAN, name: "System", sources: ["/etc", "/home"] };
const names = { client: "web-01", repository: "main" };

it("tells what a plain plan does and nothing that it does not ask for", () => {
  expect(summarizePlan(plan, names)).toBe(
    "System reads /etc and /home on web-01 and writes to main with zstd level 3. It leaves out directories marked as caches. " +
      "It follows mounted file systems below them. It keeps everything, for ever. It runs when you press Back up now.",
  );
});

it("tells databases, hooks, containers, snapshot, limits, promises, the schedule and every repository", () => {
  const hook = { timeoutSeconds: 60, onFailure: "abort" as const };
  const said = summarizePlan(
    {
      ...plan,
      options: {
        ...NO_OPTIONS,
        databases: [
          {
            ...{ engine: "postgresql", name: "crm", databases: [], credentials: { kind: "none" } },
            ...{ host: "", port: null, user: "" },
          },
        ],
        hooksBefore: [{ name: "quiesce", ...hook }],
        hooksAfter: [{ name: "thaw", ...hook }],
        stopContainersLabelled: "backup=stop",
        snapshot: "if-possible",
        uploadKibPerSecond: 5120,
        uploadWindows: [{ weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00", kibPerSecond: 1024 }],
        limitMinutes: 90,
      },
      objectives: { rpoHours: 26, restoreProvenDays: 30, offsiteHours: null },
      schedule: {
        ...{ timing: { kind: "daily", times: ["02:00"] }, zone: "Europe/Berlin", spreadMinutes: 0 },
        ...{ blackouts: [], startWithinMinutes: null },
      },
    },
    { ...names, moreRepositories: ["second"] },
  );
  for (const sentence of [
    "reads /etc, /home and PostgreSQL crm on web-01",
    "writes to main and second with",
    "It runs quiesce before, runs thaw after, whatever became of it, stops the containers labelled backup=stop meanwhile and reads from a snapshot of the file system where one can be made.",
    "It uploads at most 5.00 MiB/s, but Mon to Fri 08:00 to 18:00 at most 1.00 MiB/s.",
    "It is stopped after 1 h 30 min.",
    "It promises a new archive every 1 d 2 h and a proven restore every 30 days.",
    "It runs daily at 02:00, Europe/Berlin.",
  ])
    expect(said).toContain(sentence);
});

it("names what is missing while the form is being filled in", () => {
  expect(summarizePlan(EMPTY_PLAN, { client: null, repository: null })).toMatch(/^Choose a client/);
  expect(summarizePlan({ ...plan, sources: [] }, { ...names, repository: null })).toContain(
    "reads nothing yet on web-01 and writes to a repository you have not chosen yet",
  );
});
