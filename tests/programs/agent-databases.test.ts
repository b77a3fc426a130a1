import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DatabaseOrder } from "~/protocol/backup-extras";
import { sealFor } from "~/protocol/sealed-box";
import type { BackupOrder } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import {
  type DatabaseServer,
  PASSWORD,
  startMariadb,
  startPostgresql,
} from "~tests/support/database-servers";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";

/** Names that a shell, a connection string or an option would trip over. */
const ODD_NAME = "o'dd host=evil";

let lab: AgentLab;
let postgresql: DatabaseServer;
let mariadb: DatabaseServer;
let secret: string;

beforeAll(async () => {
  lab = await startAgentLab();
  chmodSync(lab.folder, 0o711);
  [postgresql, mariadb] = await Promise.all([
    startPostgresql(lab.folder),
    startMariadb(lab.folder),
    lab.enrol(),
  ]);
  secret = join(lab.folder, "password");
  writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
  postgresql.sql("postgres", `create database app; create database "${ODD_NAME}"; create role reader login;`);
  postgresql.sql(
    "app",
    "create table items as select n, repeat(md5(n::text), 4) as text from generate_series(1, 20000) n;",
  );
  postgresql.sql(ODD_NAME, "create table single (value text); insert into single values ('pg odd');");
  mariadb.sql("", "create database shop; create database `-odd db`;");
  mariadb.sql(
    "shop",
    "create table items (n int primary key, text text, bin varbinary(9)); insert into items select seq, md5(seq), unhex('00ff27') from seq_1_to_5000; create procedure p() select 1;",
  );
  mariadb.sql("-odd db", "create table only_one (value text); insert into only_one values ('my odd');");
  allow();
  lab.startAgent();
});
afterAll(async () => {
  await lab?.stopAgents();
  await Promise.all([postgresql?.stop(), mariadb?.stop()]);
  await lab?.stop();
});

function allow(more: Record<string, unknown> = {}) {
  changePolicy(lab, {
    databases: {
      pg: {
        engine: "postgresql",
        host: "127.0.0.1",
        port: postgresql.port,
        user: "owner",
        passwordFile: secret,
      },
      my: { engine: "mysql", host: mariadb.socket, user: "owner", passwordFile: secret },
    },
    ...more,
  });
}

const local = (engine: DatabaseOrder["engine"], name: string, databases: string[] = []): DatabaseOrder => ({
  ...{
    engine,
    name,
    databases,
    credentials: { kind: "local", name },
    host: "evil.example",
    port: 1,
    user: "x",
  },
});

async function backUp(jobId: string, databases: DatabaseOrder[], more: Partial<BackupOrder> = {}) {
  lab.server.orders.push(lab.backupOrder(jobId, [], { databases, ...more }));
  return lab.server.end(jobId);
}

const outcomesOf = (end: Awaited<ReturnType<typeof backUp>>) =>
  end.result?.kind === "backup" ? (end.result.databases ?? []) : [];

/** One dump out of an archive, as a person would get it: borg and tar, nothing of ours. */
function extract(jobId: string, path: string): Buffer {
  const tar = join(lab.folder, `${jobId}.tar`);
  execFileSync("sh", [
    "-c",
    'BORG_PASSPHRASE="$1" BORG_BASE_DIR="$2" borg extract --stdout "$3" databases.tar > "$4"',
    "sh",
    "a passphrase of the lab",
    join(lab.folder, "server-borg"),
    `${lab.repository}::lab-${jobId}`,
    tar,
  ]);
  return execFileSync("tar", ["-xO", "-f", tar, path], { maxBuffer: 100_000_000 });
}

it("dumps every database of PostgreSQL and MariaDB into the archive beside directories, and they come back whole", async () => {
  const folder = join(lab.folder, "files");
  mkdirSync(folder);
  writeFileSync(join(folder, "file"), "beside");
  const ended = await backUp("d1", [local("postgresql", "pg"), local("mysql", "my")], { sources: [folder] });
  expect(ended).toMatchObject({ state: "succeeded", result: { warnings: 0 } });
  const outcomes = outcomesOf(ended);
  expect(outcomes.every(({ problem }) => problem === null)).toBe(true);
  expect(outcomes.map(({ source, database }) => `${source} ${database}`)).toEqual([
    ...["pg globals", "pg app", `pg ${ODD_NAME}`, "pg postgres"],
    ...["my globals", "my -odd db", "my shop"],
  ]);
  expect(lab.borg("list", "--short", `${lab.repository}::lab-d1`)).toContain("files/file");

  const dumpOf = (database: string) =>
    extract("d1", outcomes.find((one) => one.database === database)?.path ?? "?");
  postgresql.sql("postgres", "create database app_copy;");
  const env = {
    ...process.env,
    PGHOST: postgresql.socket,
    PGPORT: String(postgresql.port),
    PGUSER: "owner",
    PGPASSWORD: PASSWORD,
  };
  execFileSync("pg_restore", ["--exit-on-error", "-d", "app_copy"], { env, input: dumpOf("app") });
  const digest = "select count(*) || md5(string_agg(n || text, '' order by n)) from items";
  expect(postgresql.sql("app_copy", digest)).toBe(postgresql.sql("app", digest));
  expect(extract("d1", "databases/pg/globals.sql").toString()).toMatch(/CREATE ROLE reader/);

  mariadb.sql("", "create database shop_copy;");
  mariadb.sql("shop_copy", dumpOf("shop").toString("latin1"));
  const sum = "select count(*), md5(group_concat(n, text, hex(bin) order by n)) from items";
  expect(mariadb.sql("shop_copy", sum)).toBe(mariadb.sql("shop", sum));
  expect(mariadb.sql("shop_copy", "show procedure status where db = 'shop_copy'")).toContain("shop_copy");
  expect(dumpOf("-odd db").toString()).toContain("my odd");
  expect(dumpOf("globals").toString()).toMatch(/CREATE (ROLE|USER)/i);
  const manifest = JSON.parse(extract("d1", "databases/manifest.json").toString());
  expect(manifest.dumps).toHaveLength(7);
});

it("stores an unchanged database once: a second dump brings nearly nothing new", async () => {
  const ended = await backUp("d2", [local("postgresql", "pg", ["app"])]);
  const archive = ended.result?.kind === "backup" ? ended.result.archive : null;
  expect(archive?.originalBytes).toBeGreaterThan(2_000_000);
  expect(archive?.deduplicatedBytes).toBeLessThan(1_000_000);
});

it("says which database is missing, keeps everything else, and is no success", async () => {
  const ended = await backUp("d3", [
    local("postgresql", "pg", ["app", "nowhere"]),
    local("mysql", "my", ["shop"]),
  ]);
  expect(ended).toMatchObject({
    state: "failed",
    problem: { code: "database-failed" },
    result: { archive: { name: "lab-d3" } },
  });
  expect(ended.problem?.say).toContain('database "nowhere" does not exist');
  expect(outcomesOf(ended).filter(({ problem }) => problem !== null)).toMatchObject([
    { database: "nowhere", path: null },
  ]);
  expect(extract("d3", "databases/my/shop.sql").length).toBeGreaterThan(100_000);
});

it("never takes a dump that broke off for a whole one", async () => {
  const programs = join(lab.folder, "programs");
  mkdirSync(programs);
  // The real dump, cut: as if its server had gone away, or somebody had ended it.
  writeFileSync(
    join(programs, "pg_dump"),
    '#!/bin/sh\n/usr/bin/pg_dump "$@" | head -c 500000\nkill -KILL $$\n',
    { mode: 0o755 },
  );
  const pg = {
    engine: "postgresql",
    host: postgresql.socket,
    port: postgresql.port,
    user: "owner",
    passwordFile: secret,
    only: ["app"],
    programs,
  };
  changePolicy(lab, { databases: { pg } });
  const ended = await backUp("d4", [local("postgresql", "pg", ["app"])]);
  expect(ended).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  expect(outcomesOf(ended)).toMatchObject([{ database: "app", bytes: 500_000, path: null }]);
  const manifest = JSON.parse(extract("d4", "databases/manifest.json").toString());
  expect(manifest.dumps[0].problem).toContain("SIGKILL");
  allow();
});

it("keeps a password out of every command line, environment and file that stays", async () => {
  const programs = join(lab.folder, "watching");
  mkdirSync(programs);
  const seen = join(lab.folder, "seen");
  for (const name of ["pg_dump", "mariadb-dump"]) {
    writeFileSync(
      join(programs, name),
      `#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/cmdline >> ${seen}\ntr '\\0' '\\n' < /proc/$$/environ >> ${seen}\nexec /usr/bin/${name} "$@"\n`,
      { mode: 0o755 },
    );
  }
  const watched = { passwordFile: secret, user: "owner", programs, only: ["app", "shop"] };
  changePolicy(lab, {
    databases: {
      pg: { engine: "postgresql", host: postgresql.socket, port: postgresql.port, ...watched },
      my: { engine: "mysql", host: "127.0.0.1", port: mariadb.port, ...watched },
    },
  });
  const ended = await backUp("d5", [local("postgresql", "pg", ["app"]), local("mysql", "my", ["shop"])]);
  expect(ended.state).toBe("succeeded");
  expect(readFileSync(seen, "utf8")).toContain("PGPASSFILE=/proc/self/fd/3");
  expect(readFileSync(seen, "utf8")).not.toContain("o=rd");
  for (const place of ["/dev/shm", "/run", tmpdir(), join(lab.dir, "state")]) {
    expect(readdirSync(place).filter((name) => /^\.bbs-|^bbs-agent-copy/.test(name))).toEqual([]);
  }
  allow();
});

it("opens what was sealed to it in the browser, for hosts that its policy lists", async () => {
  const { machine } = lab.server.polls.at(-1) ?? {};
  const seal = (host: string) =>
    sealFor(
      machine?.sealingKey ?? "",
      JSON.stringify({ host, port: postgresql.port, user: "owner", password: PASSWORD }),
    );
  const sealed = async (host: string): Promise<DatabaseOrder> => ({
    ...local("postgresql", "typed", ["app"]),
    credentials: { kind: "sealed", box: await seal(host) },
  });
  expect(await backUp("d6", [await sealed("127.0.0.1")])).toMatchObject({
    problem: { code: "policy-forbids-database" },
  });
  allow({ typedDatabaseHosts: ["localhost"] });
  expect((await backUp("d7", [await sealed("127.0.0.1")])).state).toBe("succeeded");
  expect(await backUp("d8", [await sealed("db.evil.example")])).toMatchObject({
    problem: { code: "policy-forbids-database" },
  });
  const junk = Buffer.alloc(80, 1).toString("base64");
  const other = { ...local("postgresql", "typed"), credentials: { kind: "sealed" as const, box: junk } };
  expect(await backUp("d9", [other])).toMatchObject({ problem: { code: "database-failed" } });
});

it("dumps nothing that the policy does not list", async () => {
  const orders: [string, DatabaseOrder][] = [
    ["e1", local("postgresql", "other")],
    ["e2", local("mysql", "pg")],
    ["e3", { ...local("postgresql", "pg"), credentials: { kind: "none" }, host: "evil.example" }],
    ["e4", { ...local("sqlite", "files", ["/root/x.db"]), credentials: { kind: "none" } }],
  ];
  changePolicy(lab, { readPaths: [lab.folder] });
  for (const [jobId, order] of orders) {
    expect(await backUp(jobId, [order])).toMatchObject({ problem: { code: "policy-forbids-database" } });
  }
  allow({ readPaths: ["/"] });
});

it("copies a SQLite file in one moment while its application writes, whoever owns it", async () => {
  const folder = join(lab.folder, "sqlite");
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const file = join(folder, "data.db");
  const uid = 65534;
  const sqlite = (...sql: string[]) =>
    execFileSync("sqlite3", ["-cmd", ".timeout 5000", file, ...sql], {
      uid,
      gid: uid,
      encoding: "utf8",
      cwd: "/",
    });
  sqlite(
    "PRAGMA journal_mode=WAL",
    "PRAGMA user_version=7",
    "create table pair (a int, b int)",
    "create table t (x)",
  );
  sqlite("insert into t values (cast(x'410042' as text))");
  const writer = setInterval(() => {
    const n = Date.now();
    sqlite(`begin; insert into pair values (${n}, 0); update pair set b = a where a = ${n}; commit;`);
  }, 20);
  const order = { ...local("sqlite", "files", [file]), credentials: { kind: "none" as const } };
  const ended = await backUp("s1", [order]);
  clearInterval(writer);
  expect(ended).toMatchObject({
    state: "succeeded",
    result: { databases: [{ database: file, problem: null }] },
  });
  const copy = join(lab.folder, "copy.db");
  writeFileSync(copy, extract("s1", outcomesOf(ended)[0]?.path ?? "?"));
  const ask = (sql: string) => execFileSync("sqlite3", [copy, sql], { encoding: "utf8" }).trim();
  expect(ask("PRAGMA integrity_check")).toBe("ok");
  expect(ask("select count(*) from pair where a <> b")).toBe("0");
  expect(ask("PRAGMA user_version")).toBe("7");
  expect(ask("select hex(x) from t")).toBe("410042");
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("bbs-agent-copy-"))).toEqual([]);
});

it("ends dumps with the job, and makes no archive of half of them", async () => {
  const programs = join(lab.folder, "stuck");
  mkdirSync(programs);
  writeFileSync(join(programs, "pg_dump"), "#!/bin/sh\necho begins\nsleep 100\n", { mode: 0o755 });
  const pg = {
    engine: "postgresql",
    host: postgresql.socket,
    port: postgresql.port,
    user: "owner",
    passwordFile: secret,
    only: ["app"],
    programs,
  };
  changePolicy(lab, { databases: { pg } });
  lab.server.orders.push(lab.backupOrder("c1", [], { databases: [local("postgresql", "pg", ["app"])] }));
  await until("borg runs", () =>
    lab.server.reports.some(({ jobId, report }) => jobId === "c1" && report.startedAt),
  );
  lab.server.cancel.add("c1");
  expect(await lab.server.end("c1")).toMatchObject({ state: "cancelled" });
  expect(lab.borg("list", "--short", lab.repository)).not.toContain("lab-c1");
  expect((await backUp("c2", [], { sources: ["/etc/hostname"] })).state).toBe("succeeded");
});
