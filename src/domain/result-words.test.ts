import { describe, expect, it } from "vitest";
import { JOB_KINDS, JOB_STATES } from "./job";
import { standingOf } from "./job-words";
import { tellBackup, timesSmaller } from "./result-words";

const archive = {
  name: "system-20261123T005649Z-ab12",
  durationSeconds: 125,
  originalBytes: 5 * 1024 ** 3,
  deduplicatedBytes: 3 * 1024 ** 2,
  files: 20_412,
};

describe("results in words", () => {
  it("tells where a backup went and what was new", () => {
    expect(tellBackup({ archive, warnings: 0 }, "web")).toEqual([
      "20\u202f412 files, 5.00 GiB, are in web as system-20261123T005649Z-ab12. 3.00 MiB of it were new to the repository. It took 2 min 5 s.",
    ]);
  });

  it("never speaks of an archive that was not committed", () => {
    expect(tellBackup({ archive: null, warnings: 1 }, null)).toEqual([
      "No archive was committed to the repository.",
      "borg gave 1 warning; the log has it.",
    ]);
  });

  it("compares sizes only when both are known", () => {
    expect(timesSmaller(100, 40)).toBe("2.5 times");
    expect(timesSmaller(null, 40)).toBeNull();
    expect(timesSmaller(100, 0)).toBeNull();
  });
});

describe("where a job stands", () => {
  const job = {
    kind: "backup",
    state: "running",
    cancelRequestedAt: null,
    silentSince: null,
    problem: null,
  } as const;
  const by = { name: "web-01", online: true };

  it("waits for the machine when somebody asked to stop", () => {
    expect(standingOf({ ...job, cancelRequestedAt: new Date(0) }, by)).toMatch(
      /^Stopping: waiting for web-01/,
    );
    expect(standingOf({ ...job, state: "cancelled", cancelRequestedAt: new Date(0) }, by)).toMatch(
      /was cancelled/,
    );
  });

  it("says that a waiting job waits for a machine that is not there", () => {
    expect(standingOf({ ...job, state: "queued" }, { name: "web-01", online: false })).toMatch(
      /not connected/,
    );
  });

  it("says why a waiting job waits when the server knows it", () => {
    const problem = { say: "Waits until this machine's account is made." };
    expect(standingOf({ ...job, state: "queued", problem }, by)).toBe(problem.say);
  });

  it("has a sentence for every kind in every state", () => {
    for (const kind of Object.keys(JOB_KINDS) as (keyof typeof JOB_KINDS)[]) {
      for (const state of JOB_STATES) expect(standingOf({ ...job, kind, state }, by)).toMatch(/\.$/);
    }
  });
});
