import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callKeeper } from "~/keeper/client";
import { freePort } from "~tests/support/free-port";
import { bareEnvironment, runProgram } from "~tests/support/run-program";
import { serverHome } from "~tests/support/server-home";
import { makeKey, newTestId } from "~tests/support/storage-client";
import { until } from "~tests/support/until";

/** The whole storage node as an ordinary account: keeper, sshd and borg run without root. */
const name = `bbstest-${newTestId().slice(0, 8)}`;
const home = `${serverHome()}/${name}`;
const data = join(home, "data");
const started: ChildProcess[] = [];
let account: { uid: number; gid: number };
let port: number;

beforeAll(async () => {
  execFileSync("/usr/sbin/useradd", ["-m", "-d", home, "-s", "/bin/sh", "-p", "*", name]);
  const number = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  account = { uid: number("-u"), gid: number("-g") };
  chmodSync(home, 0o755);
  port = await freePort();
  const source = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  writeFileSync(
    join(home, "write-sshd.ts"),
    `import { writeSshd } from ${JSON.stringify(source("src/supervisor/sshd.ts"))};
     const [data, port] = process.argv.slice(2);
     console.log(JSON.stringify(await writeSshd({ data, port: Number(port), listen: "127.0.0.1", sshd: "/usr/sbin/sshd", root: false })));`,
  );
  await build({
    entryPoints: {
      keeper: source("src/keeper/main.ts"),
      gate: source("src/gate/main.ts"),
      "write-sshd": join(home, "write-sshd.ts"),
    },
    ...{ outdir: join(home, "programs"), outExtension: { ".js": ".mjs" }, bundle: true, platform: "node" },
    ...{ format: "esm", target: "node20", logLevel: "error", tsconfig: source("tsconfig.json") },
  });
  const env = bareEnvironment({ BBS_DATA: data, HOME: home });
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, account.uid, account.gid);
  const written = await runProgram(
    process.execPath,
    [join(home, "programs/write-sshd.mjs"), data, String(port)],
    account,
  );
  const sshd = JSON.parse(written.out);
  for (const [command, args] of [
    [process.execPath, [join(home, "programs/keeper.mjs")]],
    [sshd.command, sshd.args],
  ] as const)
    started.push(spawn(command, args, { ...account, env, cwd: home, stdio: "ignore" }));
  await until("the keeper answers", () =>
    keeper("status", {}).then(
      () => true,
      () => false,
    ),
  );
});

afterAll(async () => {
  for (const child of started) {
    const gone = once(child, "exit");
    child.kill();
    await gone;
  }
  execFileSync("/usr/sbin/userdel", ["-f", name], { stdio: "ignore" });
  rmSync(home, { recursive: true, force: true });
});

const keeper: typeof callKeeper = (verb, input) =>
  callKeeper(verb, input, { socketPath: join(data, "run/keeper.sock") });

it("backs up over ssh, keeps clients apart by the forced command, and says which protections are off", async () => {
  const { protections, root, sshHostKeys } = await keeper("status", {});
  expect(root).toBe(false);
  expect(protections.filter((one) => !one.on).map((one) => one.name)).toEqual(
    expect.arrayContaining(["separate-accounts", "root-owned-keys", "trusted-code", "sealed-segments"]),
  );
  const machines = await Promise.all(
    ["one", "two"].map(async (machine) => {
      const folder = mkdtempSync(join(tmpdir(), `bbs-client-${machine}-`));
      const id = newTestId();
      const key = { clientId: id, sshPublicKey: makeKey(join(folder, "key")) };
      const { sshUser } = await keeper("provision-client", key);
      expect(sshUser).toBe(name);
      const repository = { clientId: id, repositoryId: newTestId(), passphrase: "p" };
      await keeper("create-repository", { ...repository, quotaBytes: 50_000_000 });
      await keeper("set-vault-rules", {
        ...{ clientId: id, repositoryId: repository.repositoryId },
        ...{ trashDays: 0, keepOldSealDays: 0, floorNewest: 1, floorWeeklyDays: 0 },
      });
      writeFileSync(join(folder, "known_hosts"), `[127.0.0.1]:${port} ${sshHostKeys[0]}\n`);
      const rsh = `ssh -F none -i ${folder}/key -o UserKnownHostsFile=${folder}/known_hosts -o BatchMode=yes -o IdentitiesOnly=yes`;
      const env = { BORG_BASE_DIR: folder, BORG_PASSPHRASE: "p", BORG_RSH: rsh };
      const url = (home: string) => `ssh://${name}@127.0.0.1:${port}${home}`;
      const borg = (args: string[]) => runProgram("/usr/bin/borg", args, { env });
      return { folder, repository, url, borg };
    }),
  );
  const [one, two] = machines;
  if (!one || !two) throw new Error("two machines were made");
  const ownUrl = one.url(`/~/repos/${one.repository.repositoryId}`);
  expect(await one.borg(["create", `${ownUrl}::first`, "/usr/share/doc/adduser"])).toMatchObject({ code: 0 });
  const path = `${data}/home/${one.repository.clientId}/repos/${one.repository.repositoryId}`;
  expect((await two.borg(["list", two.url(path)])).code).toBeGreaterThan(1);
  expect((await keeper("list-archives", one.repository)).archives).toMatchObject([{ name: "first" }]);
  await until("the session has ended", async () =>
    (await keeper("list-sessions", { fromSequence: 0, limit: 10 })).sessions.every(
      (session) => session.endedAt !== null,
    ),
  );
  const audit = () => keeper("audit-repository", one.repository);
  expect(await audit()).toMatchObject({ clean: true, sealed: true, newArchives: 1 });
  expect(await one.borg(["create", `${ownUrl}::second`, "/usr/share/doc/adduser"])).toMatchObject({
    code: 0,
  });
  await until("the session has ended", async () =>
    (await keeper("list-sessions", { fromSequence: 0, limit: 10 })).sessions.every(
      (session) => session.endedAt !== null,
    ),
  );
  expect(await audit()).toMatchObject({ clean: true, sealed: true, newArchives: 1 });
  const ids = { clientId: one.repository.clientId, repositoryId: one.repository.repositoryId };
  expect(await keeper("vault-state", ids)).toMatchObject({ sealKind: "hard-links", hold: null });
  const { archives } = await keeper("list-ledger", { ...ids, afterRevision: 0, limit: 10 });
  const first = archives.find((archive) => archive.name === "first")?.borgId ?? "";
  expect(await keeper("trash-archives", { ...ids, borgIds: [first] })).toEqual({
    trashed: [first],
    kept: [],
  });
  expect(await keeper("compact-repository", one.repository)).toMatchObject({ deleted: [first] });
  expect(await one.borg(["create", `${ownUrl}::third`, "/usr/share/doc/adduser"])).toMatchObject({
    code: 0,
  });
  expect(readFileSync(join(data, "ssh/authorized_keys", name), "utf8").split("\n")).toHaveLength(3);
  for (const machine of machines) rmSync(machine.folder, { recursive: true });
});
