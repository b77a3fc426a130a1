import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { agentFolder } from "./agent-folder";
import { readPolicy, shownPolicy, writePolicy } from "./policy";

const good = { readPaths: ["/"], restoreFolder: "/r", restorePaths: [], restoreToOriginal: false };
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "policy-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

it("reads what it wrote, and shows the server no more than the protocol's part", async () => {
  const folder = agentFolder(dir);
  await writePolicy(folder, { ...good, borg: "/opt/borg" });
  const read = await readPolicy(folder);
  expect(read).toEqual({ readable: true, policy: { ...good, borg: "/opt/borg" } });
  expect(shownPolicy(read.policy)).toEqual(good);
});

it.each([
  ["no JSON", "{"],
  ["a relative path", JSON.stringify({ ...good, readPaths: ["etc"] })],
  ["a misspelt rule", JSON.stringify({ ...good, readPath: ["/etc"] })],
  ["a missing rule", JSON.stringify({ readPaths: ["/"] })],
])("allows nothing when the file holds %s", async (_title, text) => {
  writeFileSync(join(dir, "policy.json"), text, { mode: 0o600 });
  const read = await readPolicy(agentFolder(dir));
  expect(read).toMatchObject({
    readable: false,
    policy: { readPaths: [], restorePaths: [], restoreToOriginal: false },
  });
});

it("allows nothing when another account could have written the file, or when it is gone", async () => {
  writeFileSync(join(dir, "policy.json"), JSON.stringify(good));
  chmodSync(join(dir, "policy.json"), 0o666);
  expect(await readPolicy(agentFolder(dir))).toMatchObject({ readable: false });
  rmSync(join(dir, "policy.json"));
  expect(await readPolicy(agentFolder(dir))).toMatchObject({ readable: false });
});

it("refuses a folder that ssh would misread", () => {
  for (const path of ["relative", "/with blank", "/quo'te", "/per%cent", "/new\nline"]) {
    expect(() => agentFolder(path)).toThrow("cannot be used");
  }
});
