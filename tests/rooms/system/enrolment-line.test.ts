import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { enrolmentSteps } from "~/server/system/enrolment-line";
import { freePort } from "~tests/support/free-port";

const run = promisify(execFile);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
/** Base64 holds what a shell could take for its own. */
const KEY = `${"+/".repeat(21)}A=`;
const script = 'printf "%s\\n" "$@" > "$OUT"\n';

/** Serves `served` as /install.sh and runs the line in a real shell, with a `sudo` that only runs what it is given. */
async function paste(served: string, vouched: string, sudo = true) {
  const folder = await mkdtemp(join(tmpdir(), "bbs-line-"));
  const server = createServer((_, response) => response.end(served));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  if (sudo) await writeFile(join(folder, "sudo"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  const steps = enrolmentSteps({
    appUrl: `http://127.0.0.1:${port}`,
    token: "bbse_token-_1",
    fingerprint: null,
    releaseKey: KEY,
    bundle: { agentSha256: "a".repeat(64), installScriptSha256: sha256(vouched) },
  });
  const line = steps.join(" && ");
  const out = join(folder, "out");
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, OUT: out, TMPDIR: folder };
  const ended = await run("sh", ["-c", line], { env }).then(
    () => "done",
    () => "refused",
  );
  return { port, ended, given: await readFile(out, "utf8").catch(() => null) };
}

describe("the enrolment line", () => {
  it("runs the installer with server, token, the key of releases and the agent's hash", async () => {
    const { port, ended, given } = await paste(script, script);
    expect(ended).toBe("done");
    expect(given?.trim().split("\n")).toEqual([
      "--server",
      `http://127.0.0.1:${port}`,
      "--token",
      "bbse_token-_1",
      "--release-key",
      KEY,
      "--agent-sha256",
      "a".repeat(64),
    ]);
  });

  it("works in a root shell that has no sudo", async () => {
    expect(await paste(script, script, false)).toMatchObject({ ended: "done" });
  });

  it("runs nothing when the network gave another installer", async () => {
    expect(await paste(`${script}# evil\n`, script)).toMatchObject({ ended: "refused", given: null });
  });

  it("is one line; trusts no certificate blindly without a fingerprint, pins ours with one", () => {
    const bundle = { agentSha256: "a".repeat(64), installScriptSha256: "b".repeat(64) };
    const given = { appUrl: "https://backup.example.test", token: "t", releaseKey: null, bundle };
    const open = enrolmentSteps({ ...given, fingerprint: null }).join(" && ");
    const pinned = enrolmentSteps({ ...given, fingerprint: "c".repeat(64) }).join(" && ");
    expect(open).not.toMatch(/\n|-fsSk|fingerprint|release-key/);
    expect(pinned).toMatch(/curl -fsSk .*--tls-fingerprint c{64}/);
  });

  it("is quoted where a shell could read it otherwise", () => {
    const bundle = { agentSha256: "a", installScriptSha256: "b" };
    const steps = enrolmentSteps({
      appUrl: "https://x/$(id)'",
      token: "t",
      fingerprint: null,
      releaseKey: null,
      bundle,
    });
    expect(steps[1]).toContain(`'https://x/$(id)'\\''/install.sh'`);
  });
});
