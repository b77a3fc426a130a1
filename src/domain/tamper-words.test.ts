import { describe, expect, it } from "vitest";
import type { Evidence } from "./tamper";
import { mayBeDamage } from "./tamper-damage";
import { sayEvidence, sayIncident, type ToldIncident } from "./tamper-words";

const session = { at: new Date("2026-11-23T02:14:30Z"), peerAddress: "10.0.0.7" };
const unknown = { at: null, peerAddress: null };
const vanished: Evidence = {
  kind: "archives-missing",
  count: 3,
  archives: [{ borgId: "00", name: "web-01-2026-11-20" }],
};
const deleted: Evidence = { kind: "objects-deleted", count: 9, segment: 31, session: 12 };
const missing: Evidence = { kind: "segments-missing", count: 1, first: 4 };

describe("sayEvidence", () => {
  it.each<[Evidence, string]>([
    [vanished, "3 archives vanished in the session of 23 Nov 02:14 UTC from 10.0.0.7."],
    [
      deleted,
      "9 objects stored earlier were deleted in the session of 23 Nov 02:14 UTC from 10.0.0.7, first in data file 31.",
    ],
    [
      { kind: "objects-replaced", count: 1, segment: 31, session: 12 },
      "1 object stored earlier was overwritten in the session of 23 Nov 02:14 UTC from 10.0.0.7, first in data file 31.",
    ],
    [
      { kind: "config-changed", key: true },
      "The repository's key was replaced in the session of 23 Nov 02:14 UTC from 10.0.0.7.",
    ],
    [
      { kind: "commit-unledgered", count: 2, first: 40 },
      "2 transactions came from no session we let in, the first ends in data file 40.",
    ],
  ])("blames the session: %j", (evidence, said) => {
    expect(sayEvidence(evidence, session)).toBe(said);
  });

  it.each<[Evidence, string]>([
    [vanished, "3 archives vanished."],
    [missing, "1 sealed data file was removed, the first is number 4."],
    [{ kind: "repository-missing" }, "The repository is gone from its place."],
    [{ kind: "config-changed", key: false }, "The repository's settings were changed."],
    [{ kind: "manifest-missing" }, "The list of archives was deleted."],
    [
      { kind: "segment-malformed", segment: 7, offset: 1234 },
      "Data file 7 is not what borg writes, from byte 1\u202f234 on.",
    ],
    [
      { kind: "list-unreadable", say: "The passphrase is wrong." },
      "The list of archives cannot be read with the key we know: The passphrase is wrong.",
    ],
  ])("names no session that is not known: %j", (evidence, said) => {
    expect(sayEvidence(evidence, unknown)).toBe(said);
  });
});

describe("sayIncident", () => {
  const incident: ToldIncident = {
    evidence: [deleted, vanished],
    session,
    lastCleanAt: new Date("2026-11-23T01:59:00Z"),
    lastCleanArchives: 41,
    segmentsAreSealed: true,
  };

  it("says the weightiest finding, that nothing is lost, and what can be gone back to", () => {
    expect(sayIncident({ ...incident, evidence: [vanished] })).toBe(
      "3 archives vanished in the session of 23 Nov 02:14 UTC from 10.0.0.7; nothing is lost; last clean state 23 Nov 01:59 UTC, 41 archives.",
    );
    expect(sayIncident(incident)).toBe(
      "3 archives vanished in the session of 23 Nov 02:14 UTC from 10.0.0.7; 1 more finding; nothing is lost; last clean state 23 Nov 01:59 UTC, 41 archives.",
    );
  });

  it("claims nothing where the storage keeps no second name of the segments", () => {
    const unsealed = { ...incident, session: null, segmentsAreSealed: false };
    expect(sayIncident({ ...unsealed, evidence: [missing] })).toContain("so data may be lost");
    expect(sayIncident({ ...unsealed, evidence: [deleted] })).toContain("the stored data is still there");
  });

  it("of a repair asks for the decision, and does not say that nothing is lost", () => {
    expect(sayIncident({ ...incident, session: null, evidence: [{ kind: "repair-undecided" }] })).toBe(
      "The repository was repaired, and nobody has decided on the result; accept it or undo the repair; last clean state 23 Nov 01:59 UTC, 41 archives.",
    );
    expect(mayBeDamage([missing])).toBe(true);
    expect(mayBeDamage([missing, vanished])).toBe(false);
  });

  it("does not promise a state that never was", () => {
    const said = sayIncident({ ...incident, lastCleanAt: null, lastCleanArchives: 0 });
    expect(said).not.toContain("nothing is lost");
    expect(said).toContain("there is no clean state to go back to");
  });
});
