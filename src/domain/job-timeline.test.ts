import { describe, expect, it } from "vitest";
import { type JobTimes, timelineOf, workedMs } from "./job-timeline";

const minute = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 2, minutes));
const queued: JobTimes = {
  state: "queued",
  createdAt: minute(0),
  assignedAt: null,
  startedAt: null,
  endedAt: null,
  cancelRequestedAt: null,
};
const states = (job: JobTimes) => timelineOf(job).map((step) => `${step.key}:${step.state}`);

describe("timeline of a job", () => {
  it.each<[string, Partial<JobTimes>, string[]]>([
    ["waiting", {}, ["created:now", "assigned:ahead", "started:ahead", "ended:ahead"]],
    [
      "handed out",
      { state: "assigned", assignedAt: minute(1) },
      ["created:done", "assigned:now", "started:ahead", "ended:ahead"],
    ],
    [
      "running",
      { state: "running", assignedAt: minute(1), startedAt: minute(1) },
      ["created:done", "assigned:done", "started:now", "ended:ahead"],
    ],
    [
      "being stopped",
      { state: "running", assignedAt: minute(1), startedAt: minute(1), cancelRequestedAt: minute(2) },
      ["created:done", "assigned:done", "started:done", "stopping:now", "ended:ahead"],
    ],
    [
      "cancelled in the queue",
      { state: "cancelled", cancelRequestedAt: minute(2), endedAt: minute(2) },
      ["created:done", "assigned:skipped", "started:skipped", "stopping:done", "ended:done"],
    ],
    [
      "done",
      { state: "succeeded", assignedAt: minute(1), startedAt: minute(1), endedAt: minute(9) },
      ["created:done", "assigned:done", "started:done", "ended:done"],
    ],
  ])("of a job that is %s", (_what, change, expected) => {
    expect(states({ ...queued, ...change })).toEqual(expected);
  });

  it("counts work from the start to the end, or to now", () => {
    expect(workedMs(queued, minute(5))).toBeNull();
    expect(workedMs({ startedAt: minute(1), endedAt: null }, minute(5))).toBe(240_000);
    expect(workedMs({ startedAt: minute(1), endedAt: minute(2) }, minute(5))).toBe(60_000);
    expect(workedMs({ startedAt: minute(6), endedAt: null }, minute(5))).toBe(0);
  });
});
