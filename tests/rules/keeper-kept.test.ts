import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { beginKeeping, KEPT_DAYS, sweepKept } from "~/keeper/kept/kept-copy";
import { Locations } from "~/keeper/locations";
import { storagePaths } from "~/keeper/paths";

const DAY_MS = 86_400_000;
const ids = { clientId: "c1", repositoryId: "r1", why: "moved" as const };

async function storage() {
  const data = mkdtempSync(join(tmpdir(), "bbs-kept-"));
  onTestFinished(() => rmSync(data, { recursive: true }));
  const paths = storagePaths(data);
  mkdirSync(paths.keeper);
  const locations = await Locations.load(paths, false);
  const at = new Date("2026-11-23T12:00:00Z");
  const begun = { paths, locations, now: () => at };
  const folder = await beginKeeping(begun, data, "r1-then", ids);
  /** Days later by the wall clock, after so many days in which the machine ran. */
  const sweep = async (days: number, ranDays: number, isWanted = false) => {
    const kept = { ...ids, keptAt: at.toISOString(), days: KEPT_DAYS, ranSeconds: -ranDays * 86_400 };
    writeFileSync(join(folder, "kept.json"), JSON.stringify(kept));
    const told: string[] = [];
    await sweepKept(
      { ...begun, now: () => new Date(at.getTime() + days * DAY_MS) },
      async () => isWanted,
      async (_, name) => {
        told.push(name);
      },
    );
    return { isThere: existsSync(folder), told };
  };
  return { sweep, folder, begun, data };
}

it("goes when its days are over by the wall clock and by the time the machine ran, not by one of them", async () => {
  const { sweep } = await storage();
  const stays = { isThere: true, told: [] };
  expect(await sweep(6.9, 30)).toEqual(stays);
  // A clock that was set forwards ends nothing.
  expect(await sweep(400, 6)).toEqual(stays);
  expect(await sweep(7.1, 30, true)).toEqual(stays);
  expect(await sweep(7.1, 7.1)).toEqual({ isThere: false, told: ["r1-then"] });
});

it("keeps the first beginning, and leaves what nobody began", async () => {
  const { sweep, begun, data, folder } = await storage();
  writeFileSync(join(folder, "content"), "x");
  const later = { ...begun, now: () => new Date("2027-01-01T00:00:00Z") };
  expect(await beginKeeping(later, data, "r1-then", ids)).toBe(folder);
  const stranger = join(begun.paths.keptAt(data), "left-by-hand");
  mkdirSync(stranger);
  expect((await sweep(8, 8)).isThere).toBe(false);
  expect(existsSync(stranger)).toBe(true);
});
