import { afterAll, describe, expect, it } from "vitest";
import { ALL_ATTACKS } from "./all-attacks";
import { attacksWithout, startWithoutLayer } from "./layers-off";
import { sampleAttacks } from "./sample";

/** One layer fails, and still nothing committed is lost: a seeded sample for each; SOAK=1 tries all attacks. */
const seed = Number(process.env.SEED ?? new Date().getUTCDate());

describe
  .skipIf(process.getuid?.() !== 0)
  .each([{ layer: "gate" }, { layer: "audit" }, { layer: "seal" }] as const)(
  `a hostile client while there is no $layer, seed ${seed}`,
  ({ layer }) => {
    const possible = attacksWithout(layer, ALL_ATTACKS);
    const sampled = process.env.SOAK ? possible : sampleAttacks(possible, 3, seed * 7 + layer.length);
    const started = startWithoutLayer("/usr/bin/borg", layer);
    afterAll(async () => (await started).stop());

    it.each(sampled.map((attack) => [`${attack.family}: ${attack.title}`, attack] as const))(
      "%s",
      async (_, attack) => {
        expect(await (await started).try(attack)).toMatchObject({ archivesLost: 0, bytesLost: 0 });
      },
      240_000,
    );
  },
);
