import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AgentFolder, agentFolder } from "./agent-folder";
import { madeHere, rememberArchive } from "./archives-made";
import { forgetResult, keepResult, keptResults, type StoredResult } from "./result-store";

let folder: AgentFolder;
beforeEach(() => {
  folder = agentFolder(mkdtempSync(join(tmpdir(), "results-")));
});
afterEach(() => rmSync(folder.folder, { recursive: true }));

const result = (jobId: string, state: "succeeded" | "failed"): StoredResult => ({
  jobId,
  report: { protocol: 1, lease: 1, state },
  log: [{ sequence: 1, at: "2026-01-01T00:00:00.000Z", level: "info", message: "done" }],
});

it("keeps a result until it is forgotten, readable by this account only", async () => {
  await keepResult(folder, result("a", "failed"));
  await keepResult(folder, result("a", "succeeded"));
  await keepResult(folder, result("b", "failed"));
  expect(await keptResults(folder)).toEqual([result("a", "succeeded"), result("b", "failed")]);
  expect(statSync(join(folder.results, "a.json")).mode & 0o777).toBe(0o600);
  await forgetResult(folder, "a");
  await forgetResult(folder, "a");
  expect(await keptResults(folder)).toEqual([result("b", "failed")]);
});

it("has none before the first, and removes a damaged file instead of stumbling over it at every start", async () => {
  expect(await keptResults(folder)).toEqual([]);
  mkdirSync(folder.results, { recursive: true });
  writeFileSync(join(folder.results, "torn.json"), '{"jobId":"to');
  writeFileSync(join(folder.results, "a.json.part"), "half");
  expect(await keptResults(folder)).toEqual([]);
  expect(existsSync(join(folder.results, "torn.json"))).toBe(false);
  expect(readdirSync(folder.results)).toEqual(["a.json.part"]);
});

it("remembers archives per repository, also after a line torn by a power cut", async () => {
  const made = { borgId: "f".repeat(64), repositoryId: "r1", name: "n", madeAt: "2026-01-01T00:00:00.000Z" };
  expect(await madeHere(folder, "r1", made.borgId)).toBe(false);
  await rememberArchive(folder, made);
  writeFileSync(folder.archivesMade, '{"borgId":"', { flag: "a" });
  expect(await madeHere(folder, "r1", made.borgId)).toBe(true);
  expect(await madeHere(folder, "r2", made.borgId)).toBe(false);
  const next = { ...made, borgId: "e".repeat(64) };
  await rememberArchive(folder, next);
  expect(await madeHere(folder, "r1", next.borgId)).toBe(true);
});
