import { describe, expect, it } from "vitest";
import { type OutstandingJob, reconcile } from "./job-reconcile";

const job: OutstandingJob = { id: "j1", state: "running", lease: 2, cancelRequested: false };

describe("reconcile", () => {
  it.each([
    ["keeps a job that the machine holds", {}, [{ jobId: "j1", lease: 2 }], "keep"],
    ["gives a job again that never arrived", { state: "assigned" }, [], "hand-out-again"],
    [
      "gives it again when the machine knows only an older hand-out",
      { state: "assigned" },
      [{ jobId: "j1", lease: 1 }],
      "hand-out-again",
    ],
    [
      "cancels one that never arrived and is not wanted",
      { state: "assigned", cancelRequested: true },
      [],
      "cancel",
    ],
    ["calls a job lost that had begun and is gone", {}, [{ jobId: "other", lease: 2 }], "lost"],
    ["leaves a job alone that another holder works on", {}, [{ jobId: "j1", lease: 1 }], "leave"],
  ] as const)("%s", (_, change, holding, expected) => {
    expect(reconcile({ ...job, ...change }, holding)).toBe(expected);
  });
});
