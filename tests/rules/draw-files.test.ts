import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseFiles, type SampleFile } from "~/server/restores/drills/choose-files";
import { drawFiles, isReached, MOST_FILE_BYTES, type Reading } from "../../agent/sample/draw-files";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bbs-draw-"));
  for (const name of ["few", "many", "deep/er/down"]) mkdirSync(join(folder, name), { recursive: true });
  for (let at = 0; at < 200; at++) writeFileSync(join(folder, "many", `file-${at}`), "x");
  for (const name of ["few/one", "deep/er/down/file", "top"]) writeFileSync(join(folder, name), "x");
  writeFileSync(join(folder, "empty"), "");
  writeFileSync(join(folder, "large"), Buffer.alloc(Number(MOST_FILE_BYTES) + 1));
});
afterAll(() => rmSync(folder, { recursive: true }));

const reading = (more: Partial<Reading> = {}): Reading => ({
  ...{ sources: [folder], excludes: [], oneFileSystem: false, excludeCaches: false, excludeIfPresent: [] },
  ...{ ownFolder: "/nowhere", ...more },
});
const never = () => false;
async function names(more: Partial<Reading>, seed: string, count = 30) {
  const drawn = await drawFiles(reading(more), { seed, count, until: never });
  return drawn.map(({ path }) => path.toString().slice(folder.length + 1));
}

describe("files drawn by seed", () => {
  it("are the same for the same seed and tree, and others for another seed", async () => {
    const first = await names({}, "a");
    expect(await names({}, "a")).toEqual(first);
    expect(await names({}, "b")).not.toEqual(first);
    expect(new Set(first).size).toBe(first.length);
    expect(first).not.toContain("empty");
    expect(first).not.toContain("large");
  });

  it("come from small folders as well as from large ones", async () => {
    const drawn = await names({}, "a", 60);
    expect(drawn).toEqual(expect.arrayContaining(["few/one", "deep/er/down/file", "top"]));
    expect(drawn.filter((name) => name.startsWith("many/")).length).toBeGreaterThan(5);
  });

  it("are never what an exclude names, and none where an expression decides", async () => {
    const drawn = await names({ excludes: [join(folder, "many"), "*/one"] }, "a");
    expect(drawn.sort()).toEqual(["deep/er/down/file", "top"]);
    expect(await names({ excludes: ["re:one"] }, "a")).toEqual([]);
    expect(await names({ ownFolder: join(folder, "many") }, "a")).not.toContain("many/file-1");
  });

  it("end when the time is over", async () => {
    let asked = 0;
    const drawn = await drawFiles(reading(), { seed: "a", count: 50, until: () => ++asked > 3 });
    expect(drawn.length).toBeLessThanOrEqual(3);
  });

  it("reach a canary only below a source, and not where something leaves it out", async () => {
    expect(await isReached(join(folder, "few/one"), reading())).toBe(true);
    expect(await isReached(join(folder, "few/one"), reading({ sources: [join(folder, "few/one")] }))).toBe(
      true,
    );
    expect(await isReached(join(folder, "few/one"), reading({ sources: [join(folder, "many")] }))).toBe(
      false,
    );
    expect(await isReached(join(folder, "few/one"), reading({ excludes: ["*/few"] }))).toBe(false);
    expect(await isReached(join(folder, "few/one"), reading({ excludeIfPresent: ["one"] }))).toBe(false);
  });
});

describe("which files of a sample a drill reads", () => {
  const file = fc.record({
    path: fc.base64String({ minLength: 4, maxLength: 12 }),
    ...{ bytes: fc.nat(), hash: fc.constant("ab".repeat(32)) },
    canary: fc.constantFrom(true as const, undefined),
  });
  const sample = fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 30 });

  it("are all canaries, and as many others as were asked for, the same for the same seed in any order", () => {
    fc.assert(
      fc.property(sample, fc.nat(40), fc.string(), (given, count, seed) => {
        const files = given.map(({ canary, ...one }): SampleFile => (canary ? { ...one, canary } : one));
        const chosen = chooseFiles({ files }, { scope: "random", files: count, seed });
        const canaries = files.filter(({ canary }) => canary);
        expect(chosen.slice(0, canaries.length)).toEqual(canaries);
        expect(chosen.length).toBe(Math.min(files.length, canaries.length + count));
        const others = (list: typeof chosen) => list.filter(({ canary }) => !canary);
        const turned = chooseFiles({ files: [...files].reverse() }, { scope: "random", files: count, seed });
        expect(others(turned)).toEqual(others(chosen));
        expect(chooseFiles({ files }, { scope: "canaries", files: count, seed })).toEqual(canaries);
        expect(chooseFiles({ files }, { scope: "everything", files: count, seed })).toEqual(files);
      }),
    );
  });
});
