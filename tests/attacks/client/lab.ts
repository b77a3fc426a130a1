import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { AttackLabRun } from "~/domain/attack-lab";
import { attackLabSentence } from "~/domain/attack-lab-words";
import { findBorgs } from "~tests/support/borg-versions";
import { ALL_ATTACKS } from "./all-attacks";
import type { Attack } from "./attack";
import { attacksWithout, startWithoutLayer } from "./layers-off";
import { AttackRange, type Row } from "./run-attacks";
import { sampleAttacks } from "./sample";

/** Attacks side by side: most of the time each waits for an ssh, a borg, an audit. */
const LANES = 6;
/** Attacks that are tried once more with each layer switched off. */
const WITHOUT_A_LAYER = 3;

export type LabOptions = {
  print: (line: string) => void;
  file: string;
  only: readonly string[];
  seed: number;
};

/** Runs every attack once, on stock borg and on ours, prints a line for each, and keeps the outcome. Answers whether all were contained. */
export async function runAttackLab({ print, file, only, seed }: LabOptions): Promise<boolean> {
  const startedAt = performance.now();
  const tested = findBorgs()[0] ?? { version: "", borg: undefined };
  const borg = tested.borg ?? "/usr/bin/borg";
  const attacks = ALL_ATTACKS.filter(
    ({ id, family }) => only.length === 0 || only.some((word) => id === word || family === word),
  );
  print(
    `${attacks.length} attacks of a hostile client with borg ${tested.version}, each first on stock borg serve, then here.\n`,
  );
  const range = new AttackRange(borg);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void range.stop().finally(() => process.exit(130)));
  const rows: Row[] = [];
  const problems: string[] = [];
  try {
    const queue = laneOrder(attacks);
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        const lane = range.lane();
        for (let group = queue.shift(); group; group = queue.shift())
          for (const attack of group) {
            const row = await lane.try(attack);
            rows.push(row);
            print(lineOf(row));
          }
        const honest = await lane.honestBackup();
        if (honest !== null) problems.push(`an honest backup after the attacks failed: ${honest}`);
      }),
    );
  } finally {
    await range.stop();
  }
  const layersOff = only.length > 0 ? [] : await tryWithoutLayers(borg, attacks, seed, print);
  const run: AttackLabRun = {
    ...{ at: new Date().toISOString(), seconds: (performance.now() - startedAt) / 1000 },
    borgVersions: [tested.version],
    attacks: attacks.flatMap(({ id }) => rows.filter((row) => row.id === id)),
    layersOff,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(run, null, 1)}\n`);
  for (const row of rows) if (row.problem !== null) problems.push(`${row.id}: ${row.problem}`);
  for (const one of layersOff)
    if (one.archivesLost > 0)
      problems.push(`without the ${one.layer} ${one.archivesLost} archives were lost`);
  for (const problem of problems) print(`PROBLEM ${problem}`);
  print(`\n${Math.round(run.seconds)} s. ${attackLabSentence(run)}`);
  return problems.length === 0;
}

/** What shares a victim of its own stays together; what takes longest begins first, so that no lane is left with it at the end. */
function laneOrder(attacks: readonly Attack[]): Attack[][] {
  const together = ["limited", "junk", "quota"].map((place) =>
    attacks.filter((attack) => attack.victim === place),
  );
  const own = attacks.filter((attack) => attack.victim === "own").map((attack) => [attack]);
  const shared = attacks.filter((attack) => attack.victim === undefined).map((attack) => [attack]);
  return [...together, ...own, ...shared].filter((group) => group.length > 0);
}

async function tryWithoutLayers(
  borg: string,
  attacks: readonly Attack[],
  seed: number,
  print: LabOptions["print"],
): Promise<AttackLabRun["layersOff"]> {
  return Promise.all(
    (["gate", "audit", "seal"] as const).map(async (layer) => {
      const place = await startWithoutLayer(borg, layer);
      const tried = [];
      try {
        for (const attack of sampleAttacks(attacksWithout(layer, attacks), WITHOUT_A_LAYER, seed))
          tried.push(await place.try(attack));
      } finally {
        await place.stop();
      }
      const archivesLost = tried.reduce((sum, one) => sum + one.archivesLost, 0);
      const bytesLost = tried.reduce((sum, one) => sum + one.bytesLost, 0);
      print(
        `without the ${layer}: ${tried.length} attacks, ${archivesLost} archives lost, ${bytesLost} bytes lost`,
      );
      return { layer, attacks: tried.length, archivesLost, bytesLost };
    }),
  );
}

function lineOf(row: Row): string {
  const verdict = row.problem !== null ? "PROBLEM" : (row.layer ?? "").toUpperCase();
  const granted = row.granted ? ` (granted: ${row.granted})` : "";
  return `${verdict.padEnd(8)} ${row.family}: ${row.title}\n         stock: ${row.stockSay ?? "nothing"} | here: ${row.ours.archivesBefore} -> ${row.ours.archivesAfter} archives, ${row.ours.bytesLost} bytes lost${row.alarm ? ", alarm" : ""}${granted}`;
}
