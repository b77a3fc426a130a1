import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readAttackLab, recordAttackLab } from "~/server/system/attack-lab";
import { SCREEN_LAB_RUN } from "~tests/support/screens-lab";

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bbs-lab-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it("knows of no run until one was recorded, then of the last one", async () => {
  const folder = dataFolder();
  expect(await readAttackLab(folder)).toBeNull();
  await recordAttackLab({ ...SCREEN_LAB_RUN, seconds: 1 }, folder);
  await recordAttackLab(SCREEN_LAB_RUN, folder);
  expect(await readAttackLab(folder)).toEqual(SCREEN_LAB_RUN);
});

it("can be read by the console's account", async () => {
  const folder = dataFolder();
  await recordAttackLab(SCREEN_LAB_RUN, folder);
  expect(statSync(join(folder, "attack-lab.json")).mode & 0o777).toBe(0o644);
});

it("does not take a record that nobody can read for none", async () => {
  const folder = dataFolder();
  writeFileSync(join(folder, "attack-lab.json"), "{");
  await expect(readAttackLab(folder)).rejects.toThrow();
});
