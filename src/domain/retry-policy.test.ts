import { describe, expect, it } from "vitest";
import { type FailedJob, MOST_TRIES, nextTry, sayNextTry } from "./retry-policy";

const now = new Date("2026-11-23T10:00:00.000Z");
const backup: FailedJob = { id: "j1", kind: "backup", tries: 0, startBy: null, restoresIntoOwnFolder: false };
const minutesUntil = (job: FailedJob, code: string) => {
  const next = nextTry(job, code, now);
  return next && (next.notBefore.getTime() - now.getTime()) / 60_000;
};

describe("nextTry", () => {
  it.each(["connection-lost", "connection-refused", "agent-restarted", "agent-silent", "repository-locked"])(
    "tries a backup again after %s, each time later, three times",
    (code) => {
      const pauses = [0, 1, 2].map((tries) => minutesUntil({ ...backup, tries }, code) ?? 0);
      expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
      expect(pauses[0]).toBeGreaterThanOrEqual(1);
      expect(minutesUntil({ ...backup, tries: MOST_TRIES }, code)).toBeNull();
    },
  );

  it.each([
    ..."passphrase-wrong disk-full repository-full policy-forbids-source gate-refused host-key-changed".split(
      " ",
    ),
    ..."replay-suspected borg-failed borg-missing source-missing timed-out cancelled worker-lost".split(" "),
    "constructor",
  ])("leaves %s to a person", (code) => {
    expect(nextTry(backup, code, now)).toBeNull();
  });

  it("restores again only into a folder of its own, and never repeats other work", () => {
    const restore: FailedJob = { ...backup, kind: "restore" };
    expect(nextTry(restore, "connection-lost", now)).toBeNull();
    expect(nextTry({ ...restore, restoresIntoOwnFolder: true }, "connection-lost", now)).not.toBeNull();
    expect(nextTry({ ...backup, kind: "compact" }, "connection-lost", now)).toBeNull();
  });

  it("fetches an update again that was cut off, and never tries one again that did not hold", () => {
    const update: FailedJob = { ...backup, kind: "update-agent" };
    expect(minutesUntil(update, "connection-lost")).toBeGreaterThanOrEqual(1);
    for (const code of ["agent-restarted", "agent-silent", "update-crashed", "update-unhealthy"])
      expect(nextTry(update, code, now)).toBeNull();
  });

  it("does not begin later than the schedule allows", () => {
    const startBy = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    expect(nextTry({ ...backup, startBy: startBy(1) }, "connection-lost", now)).toBeNull();
    expect(nextTry({ ...backup, startBy: startBy(5) }, "connection-lost", now)).not.toBeNull();
  });

  it("spreads a fleet that was cut off at once", () => {
    const ids = Array.from({ length: 100 }, (_, n) => `job${n}`);
    const at = ids.map((id) => minutesUntil({ ...backup, id }, "connection-lost") ?? 0);
    expect(new Set(at).size).toBeGreaterThan(50);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...at)).toBeLessThanOrEqual(2.5);
  });
});

it("says which try it is and when", () => {
  expect(sayNextTry({ notBefore: new Date("2026-11-23T10:12:34Z"), tries: 2 })).toBe(
    "Tried again by itself (2 of 3), not before 10:12 UTC.",
  );
});
