import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findBorgs } from "~tests/support/borg-versions";
import { debianPairs, UPGRADED } from "~tests/support/debian-pairs";
import { livingTree } from "~tests/support/living-tree";
import { scoredWorld } from "~tests/support/scored-world";
import { seededRandom } from "~tests/support/seeded-random";

/**
 * Ordinary weeks of a machine, made by real borg out of real Debian package upgrades, log rotation, somebody's work and a photo import
 * larger than all the rest. Thresholds of domain/anomaly were fixed before the first run, and nothing was changed after it. SOAK=1: twenty weeks with every package,
 * otherwise seven with a few of them, other ones each day. SEED repeats a run.
 */
const WHOLE = process.env.SOAK === "1";
const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));
const weeks = WHOLE ? 20 : 7;
const packages = debianPairs(WHOLE ? UPGRADED : UPGRADED.filter((_, at) => at % 5 === seed % 5));

it.skipIf(packages.length === 0)(
  `raises nothing in ${weeks} ordinary weeks with ${packages.length} packages (seed ${seed})`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "bbs-weeks-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const random = seededRandom(seed);
    const tree = livingTree(join(folder, "tree"), random);
    tree.install(packages);
    tree.texts(300);
    tree.photos(60);
    tree.logs();
    const [borg] = findBorgs();
    const world = await scoredWorld({ folder, tree: tree.root, borg: borg?.borg ?? "borg" });
    const due = packages
      .flatMap((one) => one.versions.slice(1).map(() => one))
      .sort(() => random.next() - 0.5);
    const told: string[] = [];
    for (let week = 1; week <= weeks; week++) {
      tree.nextWeek();
      const today = due.splice(0, Math.ceil(due.length / (weeks - week + 1)));
      for (const one of today) tree.upgrade(one);
      tree.logs();
      tree.work();
      if (week === Math.ceil(weeks / 2)) tree.photos(WHOLE ? 1500 : 300, "import");
      const row = await world.backUp(`week-${week}`);
      const { changes, files, newBytes } = row.features;
      told.push(
        `week ${week}: score ${row.score} ${row.strength}; ${today.length} upgrades; of ${files} files ${changes?.changed.files} changed, ${changes?.added.files} came, ${changes?.removed.files} went; ${newBytes} bytes new ${row.reasons.map(({ because }) => because).join(" ")}`,
      );
    }
    if (WHOLE) console.info(told.join("\n"));
    expect(told.filter((line) => !/: score \d+ none;/.test(line))).toEqual([]);
  },
  WHOLE ? 3_600_000 : 120_000,
);
