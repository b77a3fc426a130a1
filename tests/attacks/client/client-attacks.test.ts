import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampledBorgs } from "~tests/support/sampled";
import { ALL_ATTACKS } from "./all-attacks";
import { AttackRange, type Lane } from "./run-attacks";
import { sampleAttacks } from "./sample";

/**
 * A hostile client, with the client's SSH key, passphrase, cache and any borg, against sshd, gate, keeper and the worker's audits. Each
 * attack is first shown to work on stock `borg serve --append-only`. A seeded sample; SOAK=1 runs all (`npm run attack-lab` shows them).
 */
const seed = Number(process.env.SEED ?? new Date().getUTCDate());
const sampled = process.env.SOAK ? [...ALL_ATTACKS] : sampleAttacks(ALL_ATTACKS, 9, seed);

it("holds at least sixty attacks, each another one", () => {
  expect(ALL_ATTACKS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(ALL_ATTACKS.map(({ id }) => id)).size).toBe(ALL_ATTACKS.length);
  expect(new Set(ALL_ATTACKS.map(({ title }) => title)).size).toBe(ALL_ATTACKS.length);
});

describe.skipIf(process.getuid?.() !== 0).each(sampledBorgs("client-attacks"))(
  `a hostile client, borg $version, seed ${seed}`,
  (tested) => {
    const range = new AttackRange(tested.borg ?? "/usr/bin/borg");
    let lane: Lane;
    beforeAll(() => {
      lane = range.lane();
    });
    afterAll(() => range.stop());

    it.each(sampled.map((attack) => [`${attack.family}: ${attack.title}`, attack] as const))(
      "%s",
      async (_, attack) => {
        const row = await lane.try(attack);
        expect(row).toMatchObject({ problem: null, ours: { bytesLost: 0 }, stockSay: expect.any(String) });
        expect(row.ours.archivesAfter).toBe(row.ours.archivesBefore);
        expect(attack.layers).toContain(row.layer);
        if (row.layer === "gate" || row.layer === "audit") expect(row.alarm).toBe(true);
      },
      240_000,
    );

    it("leaves an honest client that goes on with its own cache", async () => {
      expect(await lane.honestBackup()).toBe(null);
    });
  },
);
