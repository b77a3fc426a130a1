import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit, type Situation, type WaitingJob } from "./admission";

const ready = { id: "r1", state: "ready", problem: null } as const;
const backup = (id: string, repository: WaitingJob["repository"] = ready): WaitingJob => ({
  id,
  kind: "backup",
  lane: "backup",
  repository,
});
const restore = (id: string): WaitingJob => ({ id, kind: "restore", lane: "restore", repository: ready });
const able: Situation = {
  freeLanes: ["backup", "restore"],
  provisioned: true,
  borgVersion: "1.2.4",
  quarantined: null,
  shortOfRoom: new Map(),
  overQuota: null,
  busyRepositories: new Set(),
};
const verdicts = (waiting: WaitingJob[], situation: Partial<Situation> = {}) =>
  admit(waiting, { ...able, ...situation }).map(({ verdict }) =>
    verdict.kind === "hand-out" ? "hand-out" : `${verdict.kind}: ${verdict.why.code}`,
  );

describe("admit", () => {
  it("hands out one job per free lane, oldest first, and a restore beside a backup", () => {
    expect(verdicts([backup("a"), backup("b", { ...ready, id: "r2" }), restore("c"), restore("d")])).toEqual([
      "hand-out",
      "wait: lane-busy",
      "hand-out",
      "wait: lane-busy",
    ]);
  });

  it.each([
    ["a lane that is taken", {}, { freeLanes: ["restore"] as const }, "wait: lane-busy"],
    [
      "somebody who writes to the repository",
      {},
      { busyRepositories: new Set(["r1"]) },
      "wait: repository-busy",
    ],
    [
      "a storage that keeps its last room for compaction",
      {},
      { shortOfRoom: new Map([["r1", "x"]]) },
      "wait: storage-short",
    ],
    ["an account that is not made yet", {}, { provisioned: false }, "wait: client-not-ready"],
    ["a repository that is being made", { state: "creating" as const }, {}, "wait: repository-not-ready"],
    ["a repository that failed", { state: "failed" as const }, {}, "block: repository-not-ready"],
    ["a quarantine", {}, { quarantined: "main" }, "block: repository-quarantined"],
    ["a machine without borg", {}, { borgVersion: null }, "block: borg-missing"],
    ["borg 1.1", {}, { borgVersion: "1.1.18" }, "block: borg-too-old"],
    ["borg 2", {}, { borgVersion: "2.0.0b19" }, "block: borg-too-new"],
  ])("does not hand out over %s", (_, repository, situation, expected) => {
    expect(verdicts([backup("a", { ...ready, ...repository })], situation)).toEqual([expected]);
  });

  it.each(["1.2.0", "1.2.4", "1.4.0", "1.4.5", "1.10.1"])("takes borg %s", (borgVersion) => {
    expect(verdicts([backup("a")], { borgVersion })).toEqual(["hand-out"]);
  });

  it("lets a machine be looked at whatever is with its repositories; borg is needed only for what borg does", () => {
    const look = (kind: "browse-disk" | "dry-run" | "find-gaps"): WaitingJob => ({
      ...{ id: kind, kind, lane: "look", repository: null },
    });
    const held = { freeLanes: ["look"], quarantined: "main", provisioned: false } as const;
    for (const kind of ["browse-disk", "dry-run", "find-gaps"] as const) {
      expect(verdicts([look(kind)], held)).toEqual(["hand-out"]);
    }
    expect(verdicts([look("browse-disk")], { ...held, borgVersion: null })).toEqual(["hand-out"]);
    expect(verdicts([look("dry-run")], { ...held, borgVersion: null })).toEqual(["block: borg-missing"]);
    expect(verdicts([look("browse-disk")], { freeLanes: ["backup"] })).toEqual(["wait: lane-busy"]);
  });

  it("lets a restore read while somebody writes", () => {
    expect(verdicts([restore("a")], { busyRepositories: new Set(["r1"]) })).toEqual(["hand-out"]);
  });

  it("never gives two jobs to one lane or two writers to one repository, whatever waits", () => {
    const job = fc.record({
      kind: fc.constantFrom("backup" as const, "restore" as const),
      repositoryId: fc.constantFrom("r1", "r2", "r3"),
      state: fc.constantFrom("ready" as const, "creating" as const, "failed" as const),
    });
    fc.assert(
      fc.property(
        fc.array(job, { maxLength: 20 }),
        fc.subarray(["backup", "restore"] as const),
        fc.subarray(["r1", "r2", "r3"]),
        (jobs, freeLanes, busy) => {
          const waiting = jobs.map(
            (one, i): WaitingJob => ({
              id: String(i),
              kind: one.kind,
              lane: one.kind,
              repository: { id: one.repositoryId, state: one.state, problem: null },
            }),
          );
          const given = admit(waiting, { ...able, freeLanes, busyRepositories: new Set(busy) })
            .filter(({ verdict }) => verdict.kind === "hand-out")
            .map(({ job: { lane, repository, kind } }) => ({
              lane,
              kind,
              repositoryId: repository?.id ?? "",
            }));
          const lanes = given.map((one) => one.lane);
          const writes = given.filter((one) => one.kind === "backup").map((one) => one.repositoryId);
          expect(new Set(lanes).size).toBe(lanes.length);
          expect(lanes.every((lane) => freeLanes.some((free) => free === lane))).toBe(true);
          expect(new Set([...writes, ...busy]).size).toBe(writes.length + busy.length);
        },
      ),
    );
  });
});
