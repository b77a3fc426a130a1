import { describe, expect, it } from "vitest";
import { ENDED_STATES, JOB_KINDS, type JobKind } from "./job";
import { followUps } from "./run-chain";

const of = (kind: JobKind, change: { everHandedOut?: boolean; planKeeps?: boolean } = {}) => ({
  kind,
  everHandedOut: true,
  planKeeps: true,
  ...change,
});

describe("followUps", () => {
  it.each(ENDED_STATES)("audits after a backup that %s: it may have committed", (state) => {
    expect(followUps(of("backup"), state)).toEqual(["audit"]);
    expect(followUps(of("backup", { everHandedOut: false }), state)).toEqual([]);
  });

  it("audits a new repository, so that its key is in escrow", () => {
    expect(followUps(of("create-repository"), "succeeded")).toEqual(["audit"]);
    expect(followUps(of("create-repository"), "failed")).toEqual([]);
  });

  it("applies retention after a clean audit only, and only if the plan has rules", () => {
    expect(followUps(of("audit"), "succeeded")).toEqual(["prune"]);
    expect(followUps(of("audit"), "warned")).toEqual([]);
    expect(followUps(of("audit"), "failed")).toEqual([]);
    expect(followUps(of("audit", { planKeeps: false }), "succeeded")).toEqual([]);
  });

  it("ends: no chain is longer than three jobs", () => {
    for (const kind of Object.keys(JOB_KINDS) as JobKind[]) {
      const second = ENDED_STATES.flatMap((state) => followUps(of(kind), state));
      const third = second.flatMap((next) => followUps(of(next), "succeeded"));
      expect(third.flatMap((next) => followUps(of(next), "succeeded"))).toEqual([]);
    }
  });
});
