import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { releaseMaker } from "~tests/support/agent-releases";

const SCRIPT = fileURLToPath(new URL("../../agent/install.sh", import.meta.url));
let lab: AgentLab;
let sha256: string;
beforeEach(async () => {
  lab = await startAgentLab();
  const agent = readFileSync(lab.program);
  lab.server.files.set("/agent/bbs-agent.mjs", agent);
  sha256 = createHash("sha256").update(agent).digest("hex");
});
afterEach(() => lab.stop());

function install(...words: string[]) {
  const folders = ["--dir", lab.dir, "--program-dir", join(lab.folder, "installed"), "--no-service"];
  return new Promise<{ code: number; out: string; complaint: string }>((resolve) =>
    execFile("sh", [SCRIPT, ...folders, ...words], (error, out, complaint) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, complaint }),
    ),
  );
}

const line = () => ["--server", lab.server.url, "--token", "t1", "--tls-fingerprint", lab.server.fingerprint];
const installed = () => existsSync(join(lab.folder, "installed"));

it("installs the agent that the line names, enrols it with its options, and says how to run it", async () => {
  const key = releaseMaker().key;
  const odd = join(lab.folder, "a folder with 'quotes'");
  const { code, out, complaint } = await install(
    ...line(),
    "--agent-sha256",
    sha256,
    "--read-path",
    "/etc",
    "--read-path",
    odd,
    "--release-key",
    key,
  );
  expect(complaint).toBe("");
  expect(code).toBe(0);
  expect(out).toContain("Enrolled as lab");
  expect(out).toContain(`bbs-agent.mjs run --dir ${lab.dir}`);
  expect(JSON.parse(readFileSync(join(lab.dir, "release.json"), "utf8")).keys).toEqual([key]);
  expect(statSync(join(lab.dir, "config.json")).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(lab.dir, "policy.json"), "utf8")).readPaths).toEqual(["/etc", odd]);
});

it("runs nothing that is not the named agent, and does not use up the token", async () => {
  const { code, complaint } = await install(...line(), "--agent-sha256", "0".repeat(64));
  expect(code).toBe(1);
  expect(complaint).toContain("Nothing was installed");
  expect(installed()).toBe(false);
  expect(lab.server.requests).toEqual(["GET /agent/bbs-agent.mjs"]);
});

it("does not accept an untrusted certificate without a fingerprint, nor an address without encryption", async () => {
  const untrusted = await install("--server", lab.server.url, "--token", "t1", "--agent-sha256", sha256);
  expect(untrusted.complaint).toContain("could not be downloaded");
  const plain = await install(
    "--server",
    "http://backup.example.com",
    "--token",
    "t1",
    "--agent-sha256",
    sha256,
  );
  expect(plain.complaint).toContain("not encrypted");
  const nothing = await install("--server", lab.server.url);
  expect(nothing).toMatchObject({ code: 1 });
  expect(installed()).toBe(false);
  expect(lab.server.requests).toEqual([]);
});

it("uninstalls what belongs to the folder, only when told so, and says what stays", async () => {
  await install(...line(), "--agent-sha256", sha256);
  const asked = await lab.agent("uninstall");
  expect(asked).toMatchObject({ code: 1 });
  expect(asked.complaint).toContain("--yes");
  const done = await lab.agent("uninstall", "--yes");
  expect(done.out).toContain("What stays: the client lab");
  expect(existsSync(lab.dir)).toBe(false);
});
