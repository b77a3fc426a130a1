import { appendFileSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { compareTrees } from "~tests/support/compare-trees";
import { buildOddTree } from "~tests/support/odd-tree";
import { until } from "~tests/support/until";

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
  buildOddTree(join(lab.folder, "odd"));
  // borg 1.2 stores no time after 2038-01-17.
  utimesSync(join(lab.folder, "odd", "empty file"), 0, 2_000_000_000);
  lab.startAgent();
});
afterAll(() => lab.stop());

it("backs up a tree of odd files and brings every byte, mode, owner, time and link back", async () => {
  const odd = join(lab.folder, "odd");
  lab.server.orders.push(lab.backupOrder("b1", [odd]));
  const made = await lab.server.end("b1");
  expect(made).toMatchObject({
    state: "succeeded",
    result: { kind: "backup", warnings: 0, borgExitCode: 0 },
  });
  const archive = made.result?.kind === "backup" ? made.result.archive : null;
  if (!archive) throw new Error("no archive");
  const listed = JSON.parse(lab.borg("info", "--json", `${lab.repository}::lab-b1`)).archives[0];
  expect(archive).toMatchObject({ borgId: listed.id, files: listed.stats.nfiles, name: "lab-b1" });

  lab.server.orders.push(lab.restoreOrder("r1", { borgId: archive.borgId, name: archive.name }));
  const restored = await lab.server.end("r1");
  expect(restored).toMatchObject({ state: "succeeded", result: { skippedCount: 0, borgExitCode: 0 } });
  const target = join(lab.dir, "restored", "r1");
  expect(restored.result).toMatchObject({ writtenTo: target });
  // borg makes holes chunk by chunk: each of the three places with data brings back up to 8 MiB of written zeros.
  const compared = compareTrees(odd, join(target, odd), { blocks: 3 * 8 * 2048 });
  const counted =
    restored.result?.kind === "restore" ? restored.result.files + restored.result.directories : 0;
  expect(counted).toBe(compared.entries);
  expect(compared.differences).toEqual([]);
});

it("calls a file that cannot be read a warning, and one that vanishes or changes no warning", async () => {
  const folder = join(lab.folder, "warned");
  mkdirSync(folder);
  writeFileSync(join(folder, "good"), "good");
  lab.server.orders.push(lab.backupOrder("w1", [folder, "/does/not/exist"]));
  const ended = await lab.server.end("w1");
  expect(ended).toMatchObject({ state: "warned", result: { warnings: 1 } });
  expect(lab.server.log("w1").join()).toContain("/does/not/exist is not there");

  // Grows faster than borg reads it.
  const growing = join(folder, "growing");
  writeFileSync(growing, Buffer.alloc(30_000_000, 1));
  const grow = setInterval(() => appendFileSync(growing, "more"), 2);
  lab.server.orders.push(lab.backupOrder("w2", [folder]));
  const changed = await lab.server.end("w2");
  clearInterval(grow);
  expect(changed.state).toBe("succeeded");
});

it("says that a source is missing when none is there, without asking borg", async () => {
  lab.server.orders.push(lab.backupOrder("m1", ["/does/not/exist"]));
  const ended = await lab.server.end("m1");
  expect(ended).toMatchObject({ state: "failed", problem: { code: "source-missing" } });
  expect(ended.problem?.say).toContain("/does/not/exist");
});

it("leaves the agent's own keys out of a backup of everything around them", async () => {
  lab.server.orders.push(lab.backupOrder("k1", [lab.dir, join(lab.folder, "warned")]));
  await lab.server.end("k1");
  const listed = lab.borg("list", "--short", `${lab.repository}::lab-k1`);
  expect(listed).toContain("warned/good");
  expect(listed).not.toContain("id_ed25519");
});

it.each([
  ["an archive of the same name", { archiveName: "lab-b1" }, "archive-exists"],
  ["a wrong passphrase", { passphrase: "wrong" }, "passphrase-wrong"],
  ["a repository that is not there", { path: "/nowhere/at/all" }, "gate-refused"],
  ["a port where nobody listens", { port: 9 }, "connection-lost"],
  ["an SSH host key that was not pinned", { hostKeys: ["ssh-ed25519 AAAA"] }, "host-key-changed"],
  ["a host that ssh would take for an option", { host: "-oProxyCommand=id" }, "agent-fault"],
])("names %s", async (title, broken, code) => {
  const jobId = `n${title.length}${title.charCodeAt(3)}`;
  const order = lab.backupOrder(jobId, [join(lab.folder, "warned")]);
  const {
    archiveName = order.archiveName,
    passphrase,
    path,
    ...ssh
  } = { passphrase: undefined, path: undefined, ...broken } as Partial<{
    archiveName: string;
    passphrase: string;
    path: string;
    port: number;
    hostKeys: string[];
    host: string;
  }>;
  order.archiveName = archiveName;
  order.repository = {
    ...order.repository,
    passphrase: passphrase ?? order.repository.passphrase,
    path: path ?? order.repository.path,
    ssh: { ...order.repository.ssh, ...ssh },
  };
  lab.server.orders.push(order);
  const ended = await lab.server.end(jobId);
  expect(ended).toMatchObject({ state: "failed", problem: { code } });
});

it("keeps to what the machine's policy lets it read, also through links", async () => {
  const allowed = join(lab.folder, "allowed");
  mkdirSync(allowed);
  symlinkSync("/etc", join(allowed, "link"));
  const policyFile = join(lab.dir, "policy.json");
  const before = readFileSync(policyFile, "utf8");
  writeFileSync(policyFile, JSON.stringify({ ...JSON.parse(before), readPaths: [allowed] }));
  for (const [jobId, source] of [
    ["p1", "/etc"],
    ["p2", `${allowed}/link/passwd`],
    ["p3", `${allowed}/../warned`],
    ["p4", `${allowed}x`],
  ] as const) {
    lab.server.orders.push(lab.backupOrder(jobId, [source]));
    expect(await lab.server.end(jobId)).toMatchObject({
      state: "failed",
      problem: { code: "policy-forbids-source" },
    });
  }
  lab.server.orders.push(lab.backupOrder("p5", [allowed]));
  expect((await lab.server.end("p5")).state).toBe("succeeded");
  writeFileSync(policyFile, "{ not json");
  lab.server.orders.push(lab.backupOrder("p6", [allowed]));
  expect(await lab.server.end("p6")).toMatchObject({ problem: { code: "policy-forbids-source" } });
  writeFileSync(policyFile, before);
});

it("answers with a hint when borg is missing or too old", async () => {
  const policyFile = join(lab.dir, "policy.json");
  const before = readFileSync(policyFile, "utf8");
  const old = join(lab.folder, "old-borg");
  writeFileSync(old, "#!/bin/sh\necho borg 1.1.17\n", { mode: 0o755 });
  for (const [jobId, borg, code, version] of [
    ["v1", "/no/borg", "borg-missing", null],
    ["v2", old, "borg-too-old", "1.1.17"],
  ] as const) {
    writeFileSync(policyFile, JSON.stringify({ ...JSON.parse(before), borg }));
    lab.server.orders.push(lab.backupOrder(jobId, [lab.folder]));
    const ended = await lab.server.end(jobId);
    expect(ended).toMatchObject({ state: "failed", problem: { code } });
    expect(ended.problem?.say).toContain("apt-get install borgbackup");
    await until("the server is told", () => lab.server.polls.at(-1)?.machine.borgVersion === version);
  }
  writeFileSync(policyFile, before);
});
