import { describe, expect, it } from "vitest";
import { JOB_STATES } from "./job";
import { AGENT_SILENT, afterLostWorker, backOffSeconds, judgeReport, MOST_WORKER_ATTEMPTS } from "./lease";

describe("judgeReport", () => {
  it.each([
    ["assigned", null, "take"],
    ["running", null, "take"],
    ["succeeded", null, "already-ended"],
    ["warned", null, "already-ended"],
    ["cancelled", "cancelled", "already-ended"],
    ["failed", "borg-failed", "already-ended"],
    ["failed", AGENT_SILENT, "revive"],
    ["queued", null, "stale"],
    ["blocked", null, "stale"],
  ] as const)("under the current lease, a job that is %s (%s): %s", (state, problemCode, expected) => {
    expect(judgeReport({ state, lease: 3, problemCode }, 3).kind).toBe(expected);
  });

  it("refuses a former and a future holder in every state", () => {
    for (const state of JOB_STATES) {
      for (const lease of [2, 4]) {
        expect(judgeReport({ state, lease: 3, problemCode: AGENT_SILENT }, lease).kind).toBe("stale");
      }
    }
  });
});

describe("a worker's job whose worker is gone", () => {
  it("is tried again until the limit", () => {
    expect(afterLostWorker(1)).toBe("queued");
    expect(afterLostWorker(MOST_WORKER_ATTEMPTS - 1)).toBe("queued");
    expect(afterLostWorker(MOST_WORKER_ATTEMPTS)).toBe("failed");
  });
});

describe("backOffSeconds", () => {
  it("doubles and stays within a minute, however often it failed", () => {
    expect([1, 2, 3, 4, 5, 6, 1000].map(backOffSeconds)).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });
});
