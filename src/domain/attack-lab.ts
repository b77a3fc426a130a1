import { z } from "zod";

/** Where an attack ended. `null` in a record: it was not contained. */
export const ATTACK_LAYERS = ["gate", "keeper", "accounts", "audit", "ledger", "harmless"] as const;

const count = z.number().int().nonnegative();
const losses = z.object({ archivesBefore: count, archivesAfter: count, bytesLost: count });

/** One run of `npm run attack-lab`, as it is recorded for the console. Read leniently: a newer lab may tell more. */
export const attackLabRun = z.object({
  /** ISO 8601 UTC. */
  at: z.string(),
  seconds: z.number().nonnegative(),
  /** Versions of the hostile clients' borg. */
  borgVersions: z.array(z.string()),
  attacks: z.array(
    z.object({
      id: z.string(),
      family: z.string(),
      title: z.string(),
      /** Which layer contained it; null: none did. */
      layer: z.enum(ATTACK_LAYERS).nullable(),
      /** What it did to stock borg, where it was shown to succeed first; null: not run there. */
      stock: losses.nullable(),
      /** What it did here. */
      ours: losses,
      alarm: z.boolean(),
      /** What the attacker still gains, which we do not claim to prevent; null: nothing. */
      granted: z.string().nullable(),
    }),
  ),
  /** The same attacks with one layer switched off: still nothing committed may be lost. */
  layersOff: z.array(z.object({ layer: z.string(), attacks: count, archivesLost: count, bytesLost: count })),
});
export type AttackLabRun = z.output<typeof attackLabRun>;
export type AttackOutcome = AttackLabRun["attacks"][number];
