import { readFileSync, statSync } from "node:fs";
import { chown } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findAccount } from "~/supervisor/accounts";
import { processState } from "~/supervisor/process-table";
import { freePort } from "~tests/support/free-port";
import {
  buildEverything,
  makeFolder,
  openFolder,
  removeFolder,
  runSupervisor,
  type SupervisorRun,
  untilUp,
} from "~tests/support/supervisor-run";
import { until } from "~tests/support/until";

const asRoot = process.getuid?.() === 0;
const names = ["postgres", "keeper", "sshd", "worker", "web"] as const;

beforeAll(buildEverything, 300_000);

/** Status and body of the console's answer; status 0 while nobody answers. */
function ask(port: number, path: string): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path, rejectUnauthorized: false, agent: false },
      (response) => {
        let text = "";
        response.on("data", (bytes) => {
          text += bytes;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers["content-type"] ?? "",
            text,
          }),
        );
      },
    );
    request.on("error", () => resolve({ status: 0, type: "", text: "" }));
  });
}

async function isGone(pid: number): Promise<boolean> {
  const state = await processState(pid);
  return state === null || state.zombie;
}

const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
const lines = (run: SupervisorRun, text: string) => run.printed().split(text).length - 1;

describe("one life of a server", () => {
  let folder: string;
  let settings: Record<string, string>;
  let run: SupervisorRun;

  beforeAll(async () => {
    folder = await openFolder();
    settings = {
      BBS_DATA: join(folder, "data"),
      PORT: String(await freePort()),
      SSH_PORT: String(await freePort()),
    };
    run = await runSupervisor(settings);
    await untilUp(run);
  });
  afterAll(async () => {
    run.child.kill("SIGTERM");
    await run.ended();
    removeFolder(folder);
  });

  test("says where everything is and gives a one-time link that makes the first admin", async () => {
    expect(run.printed()).toContain(`Console  https://127.0.0.1:${run.port}`);
    expect(run.printed()).toContain(`sshd     127.0.0.1, port ${run.sshPort}`);
    expect(run.printed()).toContain(`Data     ${run.data}`);
    expect(run.printed()).toMatch(/\/setup\?token=\S{20,}/);
    expect(await ask(run.port, "/api/health")).toMatchObject({ status: 200, text: '{"ok":true}' });
  });

  test("serves pages with their files from the installed runtime", async () => {
    const page = await ask(run.port, "/setup");
    expect(page.status).toBe(200);
    const script = page.text.match(/\/_next\/static\/[^"]+\.js/)?.[0];
    expect(script).toBeDefined();
    expect(await ask(run.port, script ?? "")).toMatchObject({
      status: 200,
      type: expect.stringContaining("javascript"),
    });
  });

  test.runIf(asRoot)("each program runs under an account of its own, from files of root", async () => {
    const owners = {
      postgres: "bbs-postgres",
      keeper: "root",
      sshd: "root",
      worker: "bbs-worker",
      web: "bbs-web",
    };
    for (const name of names) {
      const account = await findAccount(owners[name]);
      expect(statSync(`/proc/${run.pidOf(name)}`).uid, name).toBe(account?.uid);
    }
    const program = readFileSync(`/proc/${run.pidOf("web")}/cmdline`, "utf8").split("\0");
    const file = program.find((word) => word.endsWith("web.mjs")) ?? "";
    expect(file).toMatch(new RegExp(`^${run.data}/runtime/[0-9a-f]{16}/dist/web\\.mjs$`));
    expect(statSync(file)).toMatchObject({ uid: 0 });
    expect(statSync(file).mode & 0o022).toBe(0);
  });

  test("only web and worker get the key and the database, and no program the terminal's environment", () => {
    const namesIn = (name: string) =>
      environmentOf(run.pidOf(name)).map((entry) => entry.split("=")[0] ?? "");
    for (const name of ["web", "worker"]) {
      expect(namesIn(name)).toEqual(expect.arrayContaining(["APP_KEY", "DATABASE_URL"]));
    }
    for (const name of ["keeper", "sshd", "postgres"]) {
      expect(namesIn(name)).not.toContain("APP_KEY");
      expect(namesIn(name)).not.toContain("DATABASE_URL");
    }
    for (const name of names) expect(namesIn(name)).not.toContain("HOME");
  });

  test("the key that seals secrets is made once, and nobody else can read it", () => {
    const path = join(run.data, "secrets/app-key");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(path, "utf8"), "base64")).toHaveLength(32);
  });

  test("a second start on the same data is refused while the first runs", async () => {
    const second = await runSupervisor({
      ...settings,
      PORT: String(await freePort()),
      SSH_PORT: String(await freePort()),
    });
    expect(await second.ended()).toBe(1);
    expect(second.printed()).toContain(`already runs on ${run.data} (process ${run.child.pid})`);
    expect(await ask(run.port, "/api/health")).toMatchObject({ status: 200 });
  });

  test.each(names)("a killed %s is started again and the reason is said once", async (name) => {
    const before = run.pidOf(name);
    process.kill(before, "SIGKILL");
    await until(`${name} runs again`, () => lines(run, `${name} runs again.`) === 1, { seconds: 30 });
    expect(lines(run, `${name} was ended by SIGKILL. Starting it again.`)).toBe(1);
    await until(`${name} has a new pid`, () => run.pidOf(name) !== before);
    await until("the console answers", async () => (await ask(run.port, "/api/health")).status === 200);
  });

  test("after kill -9 of the supervisor the next start ends what was left and keeps all data", async () => {
    const key = readFileSync(join(run.data, "secrets/app-key"), "utf8");
    const certificate = readFileSync(join(run.data, "secrets/tls/cert.pem"), "utf8");
    const left = names.map((name) => run.pidOf(name));
    process.kill(run.child.pid ?? 0, "SIGKILL");
    await run.ended();
    run = await runSupervisor(settings);
    await untilUp(run);
    expect(run.printed()).toMatch(/Ended what a killed start had left: web, worker, sshd, keeper\./);
    for (const pid of left) expect(await isGone(pid)).toBe(true);
    expect(readFileSync(join(run.data, "secrets/app-key"), "utf8")).toBe(key);
    expect(readFileSync(join(run.data, "secrets/tls/cert.pem"), "utf8")).toBe(certificate);
  });

  test("Ctrl-C ends everything within seconds and leaves no process behind; the next start takes seconds", async () => {
    const left = names.map((name) => run.pidOf(name));
    const stoppedAt = performance.now();
    run.child.kill("SIGINT");
    expect(await run.ended()).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(8_000);
    for (const pid of left) expect(await isGone(pid)).toBe(true);
    const startedAt = performance.now();
    run = await runSupervisor(settings);
    await untilUp(run);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(run.printed()).not.toContain("Ended what");
  });
});

test.runIf(asRoot)("without root everything runs under the one account, and that is said", async () => {
  const folder = await openFolder();
  const data = await makeFolder(join(folder, "data"), 0o755);
  await chown(data, 65534, 65534);
  const run = await runSupervisor({ BBS_DATA: data }, { as: { uid: 65534, gid: 65534 } });
  try {
    await untilUp(run);
    expect(run.printed()).toContain("Without root all clients share one account");
    for (const name of names) expect(statSync(`/proc/${run.pidOf(name)}`).uid, name).toBe(65534);
    expect(await ask(run.port, "/api/health")).toMatchObject({ status: 200 });
  } finally {
    run.child.kill("SIGTERM");
    expect(await run.ended()).toBe(0);
    removeFolder(folder);
  }
});
