import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILD, STRONG, scoreBackup } from "./anomaly";
import type { BackupChanges, BackupFeatures } from "./anomaly-features";

const MB = 1_000_000;
const nothing: BackupChanges = {
  ...{ added: { files: 0, bytes: 0 }, removed: { files: 0, bytes: 0 }, replaced: { files: 0, bytes: 0 } },
  ...{ changed: { files: 0, bytesBefore: 0, bytesAfter: 0 }, extensionShift: 0, extensions: [] },
};

/** A home of 1,000 files and 100 MB that compresses to `ratio`. */
function backup(
  changes: Partial<BackupChanges>,
  given: Partial<BackupFeatures> & { ratio?: number } = {},
): BackupFeatures {
  const all = { ...nothing, ...changes };
  const { ratio = 0.5, ...more } = given;
  const bytes =
    100 * MB + all.added.bytes - all.removed.bytes + all.changed.bytesAfter - all.changed.bytesBefore;
  return {
    ...{ basis: "catalog", files: 1000 + all.added.files - all.removed.files, bytes },
    ...{ originalBytes: bytes, compressedBytes: bytes * ratio, newBytes: 0, durationSeconds: 30 },
    before: { files: 1000, bytes: 100 * MB, originalBytes: 100 * MB, compressedBytes: 100 * MB * ratio },
    ...{ changes: all, orderChanged: false },
    ...more,
  };
}

const changed = (files: number, bytes: number): Partial<BackupChanges> => ({
  changed: { files, bytesBefore: bytes, bytesAfter: bytes },
});
const QUIET = backup(changed(10, MB), { newBytes: 0.5 * MB });
const TEN = Array.from({ length: 10 }, () => QUIET);
const strengthOf = (features: BackupFeatures, history: readonly BackupFeatures[] = TEN) =>
  scoreBackup(features, history).strength;
const because = (features: BackupFeatures, history: readonly BackupFeatures[] = TEN) =>
  scoreBackup(features, history).reasons.map((reason) => reason.because);

/** Half of the files encrypted: same names, or as `name.locked`. */
const IN_PLACE = backup(changed(500, 50 * MB), { newBytes: 50 * MB });
const RENAMED = backup(
  {
    ...{ added: { files: 500, bytes: 50 * MB }, removed: { files: 500, bytes: 50 * MB } },
    ...{ replaced: { files: 500, bytes: 50 * MB }, extensionShift: 500 },
    extensions: [
      { extension: "locked", came: 500, went: 0, changed: 0 },
      { extension: "doc", came: 0, went: 500, changed: 0 },
    ],
  },
  { newBytes: 50 * MB },
);

describe("what is strong", () => {
  it.each([
    ["half encrypted in place", IN_PLACE],
    ["half encrypted and renamed", RENAMED],
    [
      "half encrypted into other folders",
      { ...RENAMED, changes: { ...nothing, ...RENAMED.changes, replaced: { files: 0, bytes: 0 } } },
    ],
    ["half deleted", backup({ removed: { files: 500, bytes: 50 * MB } })],
    ["nothing left", backup({ removed: { files: 1000, bytes: 100 * MB } })],
    [
      "a tenth encrypted and renamed",
      backup(
        {
          ...RENAMED.changes,
          added: { files: 100, bytes: 10 * MB },
          removed: { files: 100, bytes: 10 * MB },
          replaced: { files: 100, bytes: 10 * MB },
          extensionShift: 100,
        },
        { newBytes: 10 * MB },
      ),
    ],
    ["half of the photos encrypted in place", backup(changed(500, 50 * MB), { newBytes: 50 * MB, ratio: 1 })],
  ])("%s, against ten ordinary ones", (_, features) => {
    const { strength, reasons } = scoreBackup(features, TEN);
    expect(strength).toBe("strong");
    expect(reasons[0]?.say.length).toBeGreaterThan(20);
  });

  it.each([
    ["half encrypted in place", IN_PLACE],
    ["half encrypted and renamed", RENAMED],
    ["half deleted", backup({ removed: { files: 500, bytes: 50 * MB } })],
  ])("%s, already at the second backup of a plan", (_, features) => {
    expect(strengthOf(features, [])).toBe("strong");
  });

  it("encryption under the cover of a much larger import", () => {
    const hidden = backup(
      { ...changed(500, 50 * MB), added: { files: 1, bytes: 5000 * MB } },
      { newBytes: 55 * MB },
    );
    expect(because(hidden)).toContain("not-told-apart");
    expect(strengthOf(hidden)).toBe("strong");
  });

  it("names what came, in words", () => {
    const { reasons } = scoreBackup(RENAMED, TEN);
    expect(reasons.map(({ say }) => say).join(" ")).toMatch(/500 files went and came back .*\.locked/);
  });
});

describe("what is nothing", () => {
  it.each([
    ["the first backup", { ...IN_PLACE, before: null, changes: null }],
    ["nothing new", backup({})],
    [
      "a photo import ten times the tree",
      backup({ added: { files: 5000, bytes: 1000 * MB } }, { newBytes: 1000 * MB }),
    ],
    [
      "a folder of all files renamed",
      backup({ added: { files: 1000, bytes: 100 * MB }, removed: { files: 1000, bytes: 100 * MB } }),
    ],
    ["everything touched", backup(changed(1000, 100 * MB), { newBytes: 1000 })],
    ["a third of the programs upgraded", backup(changed(330, 33 * MB), { newBytes: 16 * MB })],
    [
      "an upgrade and a photo import",
      backup({ ...changed(330, 33 * MB), added: { files: 500, bytes: 500 * MB } }, { newBytes: 516 * MB }),
    ],
    [
      "logs rotated",
      backup(
        {
          ...changed(12, 2 * MB),
          added: { files: 6, bytes: MB },
          removed: { files: 6, bytes: MB },
          replaced: { files: 6, bytes: MB },
          extensionShift: 6,
        },
        { newBytes: MB },
      ),
    ],
    ["a tenth thrown away", backup({ removed: { files: 100, bytes: 10 * MB } })],
    [
      "two of five files gone",
      {
        ...backup({}),
        files: 3,
        bytes: 3,
        before: { files: 5, bytes: 5, originalBytes: 5, compressedBytes: 3 },
      },
    ],
    ["an owner changed", backup({})],
  ] as const)("%s", (_, features) => {
    expect(scoreBackup(features, TEN)).toMatchObject({ strength: "none" });
    expect(strengthOf(features, [])).toBe("none");
  });

  it("what a plan always does: dumps that are wholly rewritten each night", () => {
    const dumps = backup(changed(1000, 100 * MB), { newBytes: 100 * MB, ratio: 1 });
    expect(
      strengthOf(
        dumps,
        Array.from({ length: 8 }, () => dumps),
      ),
    ).toBe("none");
    expect(strengthOf(dumps, [])).toBe("none");
  });

  it("sources that a person took out of the plan are no more than marked", () => {
    const gone = backup({ removed: { files: 900, bytes: 90 * MB } }, { orderChanged: true });
    expect(scoreBackup(gone, TEN)).toMatchObject({ strength: expect.not.stringMatching("none") });
    expect(because(gone)).toContain("emptied");
  });
});

describe("what is not caught, as the threat model says", () => {
  it("an attacker who encrypts in place a little at a time", () => {
    const little = backup(changed(25, 2.5 * MB), { newBytes: 2.5 * MB });
    expect(strengthOf(little)).toBe("none");
  });

  it("half of the files encrypted in parts only, under their own names, is marked and no more", () => {
    expect(strengthOf(backup(changed(500, 50 * MB), { newBytes: 15 * MB }))).toBe("mild");
  });
});

describe("by borg's numbers alone", () => {
  const blind = (of: Partial<BackupFeatures>): BackupFeatures => ({
    ...backup({}),
    basis: "borg",
    changes: null,
    ...of,
  });
  const past = Array.from({ length: 8 }, () => blind({ newBytes: 0.5 * MB }));

  it("sees a tree that was encrypted, and one that is gone", () => {
    expect(strengthOf(blind({ newBytes: 50 * MB, compressedBytes: 75 * MB }), past)).toBe("strong");
    expect(strengthOf(blind({ files: 0, bytes: 0, originalBytes: 0, compressedBytes: 0 }), past)).toBe(
      "strong",
    );
  });

  it("is silent for an import, an upgrade, and numbers that borg did not say", () => {
    expect(
      strengthOf(
        blind({ bytes: 600 * MB, newBytes: 500 * MB, compressedBytes: 550 * MB, originalBytes: 600 * MB }),
        past,
      ),
    ).toBe("none");
    expect(strengthOf(blind({ newBytes: 20 * MB }), past)).toBe("none");
    expect(strengthOf(blind({ newBytes: null, compressedBytes: null, originalBytes: null }), past)).toBe(
      "none",
    );
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyBackup = fc
  .record({ added: share, removed: share, changed: share, fresh: share, ratio: share, shift: share })
  .map(({ added, removed, changed: part, fresh, ratio, shift }) => {
    const gone = Math.round(removed * 1000);
    const over = Math.round(part * (1000 - gone));
    const came = Math.round(added * 3000);
    const [goneBytes, overBytes, cameBytes] = [gone * 1e5, over * 1e5, came * 1e5];
    return backup(
      {
        ...{ added: { files: came, bytes: cameBytes }, removed: { files: gone, bytes: goneBytes } },
        ...{ replaced: { files: Math.min(came, gone), bytes: Math.min(cameBytes, goneBytes) } },
        changed: { files: over, bytesBefore: overBytes, bytesAfter: overBytes },
        extensionShift: Math.round(shift * Math.min(came, gone)),
      },
      { newBytes: fresh * (cameBytes + overBytes), ratio: 0.2 + 0.8 * ratio },
    );
  });

describe("always", () => {
  it("the score is the sum of its reasons, and the strength follows from it", () => {
    fc.assert(
      fc.property(anyBackup, fc.array(anyBackup, { maxLength: 12 }), (features, history) => {
        const { score, strength, reasons } = scoreBackup(features, history);
        expect(score).toBe(
          Math.min(
            100,
            reasons.reduce((sum, { points }) => sum + points, 0),
          ),
        );
        expect(strength).toBe(score >= STRONG ? "strong" : score >= MILD ? "mild" : "none");
        expect(Number.isFinite(score)).toBe(true);
      }),
    );
  });

  it("what only came is silent, whatever its size and the plan's past", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        share,
        share,
        fc.array(anyBackup, { maxLength: 12 }),
        (files, fresh, ratio, history) => {
          const came = backup(
            { added: { files, bytes: files * MB } },
            { newBytes: fresh * files * MB, ratio: 0.2 + 0.8 * ratio },
          );
          expect(scoreBackup(came, history)).toEqual({ score: 0, strength: "none", reasons: [] });
        },
      ),
    );
  });

  it("the order of the past does not matter", () => {
    fc.assert(
      fc.property(anyBackup, fc.array(anyBackup, { maxLength: 12 }), (features, history) => {
        expect(scoreBackup(features, history.toReversed())).toEqual(scoreBackup(features, history));
      }),
    );
  });

  it("encrypting and renaming half of a quiet plan's files is strong, however large an import comes with it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e5 }), share, (files, fresh) => {
        const both = backup(
          { ...RENAMED.changes, added: { files: 500 + files, bytes: (50 + files) * MB } },
          { newBytes: (50 + fresh * files) * MB },
        );
        expect(strengthOf(both)).toBe("strong");
      }),
    );
  });
});
