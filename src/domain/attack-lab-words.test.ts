import { expect, it } from "vitest";
import type { AttackOutcome } from "./attack-lab";
import { attackLabSentence } from "./attack-lab-words";

const attack = (more: Partial<AttackOutcome>): AttackOutcome => ({
  id: "a",
  family: "commands",
  title: "an attack",
  layer: "gate",
  stock: null,
  ours: { archivesBefore: 5, archivesAfter: 5, bytesLost: 0 },
  alarm: false,
  granted: null,
  ...more,
});

it("says how many attacks were contained and that nothing was lost", () => {
  expect(attackLabSentence({ attacks: [attack({}), attack({ layer: "audit" })] })).toBe(
    "2 attacks, 2 contained, 0 archives lost, 0 bytes lost",
  );
});

it("adds up what was lost, and takes archives that an attacker added for no gain", () => {
  const attacks = [
    attack({ layer: null, ours: { archivesBefore: 5, archivesAfter: 3, bytesLost: 2048 } }),
    attack({ ours: { archivesBefore: 5, archivesAfter: 9, bytesLost: 0 } }),
  ];
  expect(attackLabSentence({ attacks })).toBe("2 attacks, 1 contained, 2 archives lost, 2.00 KiB lost");
});
