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

it("shows the server the names of what it allows, never commands, users or where passwords are", async () => {
  const folder = agentFolder(dir);
  const policy = {
    ...good,
    hooks: { freeze: { command: ["/opt/secret-script", "--token=abc"] } },
    databases: { main: { engine: "postgresql", user: "hidden", passwordFile: "/etc/pw", restore: true } },
    containers: { labels: ["stop=yes"], engine: "/opt/podman" },
    alarm: { command: ["/opt/tell"] },
  };
  writeFileSync(folder.policy, JSON.stringify(policy), { mode: 0o600 });
  const shown = shownPolicy((await readPolicy(folder)).policy);
  expect(shown).toEqual({
    ...good,
    hooks: ["freeze"],
    databases: [{ name: "main", engine: "postgresql", restore: true }],
    containerLabels: ["stop=yes"],
  });
});

it.each([
  ["a hook that is no list of words", { hooks: { a: { command: "rm -rf /" } } }],
  ["a hook's path that is not absolute", { hooks: { a: { command: ["script"] } } }],
  ["a database of an unknown kind", { databases: { a: { engine: "oracle" } } }],
  ["a misspelt rule within", { databases: { a: { engine: "mysql", restor: true } } }],
])("allows nothing when the file holds %s", async (_title, change) => {
  writeFileSync(join(dir, "policy.json"), JSON.stringify({ ...good, ...change }), { mode: 0o600 });
  expect(await readPolicy(agentFolder(dir))).toMatchObject({ readable: false, policy: { readPaths: [] } });
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
