import { execFileSync } from "node:child_process";
import { createCipheriv, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { archiveId as toArchiveId } from "~/domain/id";
import { createCaller } from "~/server/api/root";
import { findBorgs } from "~tests/support/borg-versions";
import { compareTrees } from "~tests/support/compare-trees";
import { filesBelow, livingTree } from "~tests/support/living-tree";
import { sampled } from "~tests/support/sampled";
import { scoredWorld } from "~tests/support/scored-world";
import { seededRandom } from "~tests/support/seeded-random";

const ORDINARY = 10;

/** AES-256 over the whole content, as ransomware does it. */
function encrypt(path: string): void {
  const cipher = createCipheriv("aes-256-ctr", randomBytes(32), randomBytes(16));
  writeFileSync(path, Buffer.concat([cipher.update(readFileSync(path)), cipher.final()]));
}

const half = (files: readonly string[]) => files.filter((_, at) => at % 2 === 0);

/** What an attacker does to the files of a tree. */
const ATTACKS: Record<string, (files: readonly string[]) => void> = {
  "encrypts half a tree and renames it": (files) => {
    for (const path of half(files)) {
      encrypt(path);
      renameSync(path, `${path}.locked`);
    }
    for (const folder of new Set(half(files).map((path) => dirname(path))))
      writeFileSync(join(folder, "README_TO_DECRYPT.txt"), "pay");
  },
  "encrypts half a tree and gives every file a name of its own": (files) => {
    for (const path of half(files)) {
      encrypt(path);
      renameSync(
        path,
        join(dirname(path), `${randomBytes(12).toString("hex")}.${randomBytes(3).toString("hex")}`),
      );
    }
  },
  "encrypts half a tree in place": (files) => {
    for (const path of half(files)) encrypt(path);
  },
  "deletes half a tree": (files) => {
    for (const path of half(files)) rmSync(path);
  },
  "empties the tree": (files) => {
    for (const path of files) rmSync(path);
  },
};

it("catches ransomware at its first backup, after ten ordinary ones, and restores the clean set", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bbs-ransom-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tree = livingTree(join(folder, "tree"), seededRandom(7));
  tree.texts(240);
  tree.photos(60);
  tree.logs();
  const [borg] = findBorgs();
  const world = await scoredWorld({ folder, tree: tree.root, borg: borg?.borg ?? "borg" });
  for (let week = 1; week <= ORDINARY; week++) {
    tree.nextWeek();
    tree.logs();
    tree.work();
    expect(await world.backUp(`week-${week}`)).toMatchObject({ strength: "none", score: 0 });
  }
  const kept = join(folder, "kept");
  const copy = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    execFileSync("cp", ["-a", from, to]);
  };
  copy(tree.root, kept);

  for (const [name, attack] of sampled(Object.entries(ATTACKS), 2)) {
    attack(filesBelow(tree.root));
    const row = await world.backUp(name.replaceAll(" ", "-"));
    expect(row, name).toMatchObject({ strength: "strong", basis: "catalog" });
    await world.forget(row.archiveId);
    copy(kept, tree.root);
  }

  // The first one again, and this time it is lived with: people go on working beside it, and it goes on in a second night.
  const files = filesBelow(tree.root);
  ATTACKS["encrypts half a tree and renames it"]?.(files);
  const night = await world.backUp("night");
  expect(night.strength).toBe("strong");
  const untouched = files.filter((_, at) => at % 2 === 1);
  const [edited, ...rest] = untouched;
  if (!edited) throw new Error("nothing was left untouched");
  const workOn = (root: string) => {
    writeFileSync(join(root, edited.slice(tree.root.length)), "edited on the day after");
    mkdirSync(join(root, "home/anna/new project/plans"), { recursive: true });
    writeFileSync(join(root, "home/anna/new project/plans/one.md"), "begun on the day after");
  };
  workOn(tree.root);
  expect(await world.backUp("day-after")).toMatchObject({ strength: "none" });
  for (const path of rest) encrypt(path);
  const second = await world.backUp("second-night");
  expect(second.strength, JSON.stringify(second.reasons)).toBe("strong");

  const caller = createCaller({ ...world.world.admin(), peer: null });
  const set = await caller.archives.cleanSet({ archiveId: toArchiveId.parse(second.archiveId) });
  expect(set).toMatchObject({
    ...{ suspicious: { name: "night" }, lastClean: { name: `week-${ORDINARY}` }, leftOut: 0 },
  });
  const restored = join(folder, "restored");
  mkdirSync(restored);
  await world.extract(set?.parts ?? [], restored);
  workOn(kept);
  const compared = compareTrees(kept, restored);
  expect(compared.files).toBeGreaterThan(280);
  // Times of what was written here just now, and of folders in which something was, are not those of the machine.
  const isNow = ({ path, what }: { path: string; what: string }) =>
    /time/.test(what) &&
    (path === "." ||
      path.includes("new project") ||
      path.endsWith("anna") ||
      path.endsWith(basename(edited)) ||
      path.endsWith(basename(dirname(edited))));
  expect(compared.differences.filter((one) => !isNow(one))).toEqual([]);
}, 600_000);
