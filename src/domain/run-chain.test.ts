import { describe, expect, it } from "vitest";
import { ENDED_STATES, JOB_KINDS, type JobKind } from "./job";
import { followUps } from "./run-chain";

describe("followUps", () => {
  it.each([
    ["succeeded", ["audit"]],
    ["warned", ["audit"]],
    ["failed", []],
    ["cancelled", []],
  ] as const)("after a backup that %s: %j", (state, expected) => {
    expect(followUps("backup", state)).toEqual(expected);
  });

  it("ends: what follows is followed by nothing", () => {
    for (const kind of Object.keys(JOB_KINDS) as JobKind[]) {
      for (const state of ENDED_STATES) {
        for (const next of followUps(kind, state)) expect(followUps(next, "succeeded")).toEqual([]);
      }
    }
  });
});
