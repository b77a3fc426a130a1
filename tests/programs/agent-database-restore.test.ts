import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DatabaseOrder, DatabaseTarget } from "~/protocol/backup-extras";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import {
  type DatabaseServer,
  PASSWORD,
  startMariadb,
  startPostgresql,
} from "~tests/support/database-servers";
import { changePolicy } from "~tests/support/lab-policy";

let lab: AgentLab;
let postgresql: DatabaseServer;
let mariadb: DatabaseServer;
let archive: { borgId: string; name: string };

beforeAll(async () => {
  lab = await startAgentLab();
  chmodSync(lab.folder, 0o711);
  [postgresql, mariadb] = await Promise.all([
    startPostgresql(lab.folder),
    startMariadb(lab.folder),
    lab.enrol(),
  ]);
  postgresql.sql("postgres", "create role keeper; create database app owner keeper;");
  postgresql.sql(
    "app",
    "create table items as select n, md5(n::text) as text from generate_series(1, 5000) n;",
  );
  mariadb.sql("", "create database shop;");
  mariadb.sql(
    "shop",
    "create table items (n int primary key, text text); insert into items select seq, md5(seq) from seq_1_to_2000; create trigger t before insert on items for each row set new.text = upper(new.text);",
  );
  allow(true);
  lab.startAgent();
  lab.server.orders.push(
    lab.backupOrder("b1", [], { databases: [local("postgresql", "pg"), local("mysql", "my")] }),
  );
  const made = await lab.server.end("b1");
  const found = made.result?.kind === "backup" ? made.result.archive : null;
  if (!found) throw new Error(made.problem?.say ?? "no archive");
  archive = { borgId: found.borgId, name: found.name };
});
afterAll(async () => {
  await lab?.stopAgents();
  await Promise.all([postgresql?.stop(), mariadb?.stop()]);
  await lab?.stop();
});

function allow(restore: boolean) {
  const passwordFile = join(lab.folder, "password");
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  const entry = { user: "owner", passwordFile, restore };
  changePolicy(lab, {
    databases: {
      pg: { engine: "postgresql", host: postgresql.socket, port: postgresql.port, ...entry },
      my: { engine: "mysql", host: mariadb.socket, ...entry },
    },
  });
}

const local = (engine: DatabaseOrder["engine"], name: string): DatabaseOrder => ({
  ...{ engine, name, databases: [], credentials: { kind: "local", name }, host: "", port: null, user: "" },
});

async function restore(jobId: string, database: DatabaseTarget, from = archive) {
  lab.server.orders.push(lab.restoreOrder(jobId, from, { database }));
  return lab.server.end(jobId);
}

const app = (into: string): DatabaseTarget => ({ entry: "pg", dump: "databases/pg/app.dump", into });
const shop = (into: string): DatabaseTarget => ({ entry: "my", dump: "databases/my/shop.sql", into });
const pgSum = "select count(*) || md5(string_agg(n || text, '' order by n)) from items";
const mySum = "select count(*), md5(group_concat(n, text order by n)) from items";

it("brings a dump back as a copy and leaves the database as it is", async () => {
  const before = [postgresql.sql("app", pgSum), mariadb.sql("shop", mySum)];
  const none = { database: { safetyDump: null } };
  expect(await restore("c1", app("app copy"))).toMatchObject({ state: "succeeded", result: none });
  expect(await restore("c2", shop("shop-copy"))).toMatchObject({ state: "succeeded", result: none });
  expect([postgresql.sql("app copy", pgSum), mariadb.sql("shop-copy", mySum)]).toEqual(before);
  expect([postgresql.sql("app", pgSum), mariadb.sql("shop", mySum)]).toEqual(before);
});

it("makes no copy over a database that is there, and tells how far it is", async () => {
  const refused = await restore("k1", { ...app("app copy"), replace: false });
  expect(refused.problem?.say).toContain("There is a database app copy already");
  const made = await restore("k2", { ...app("app 3"), replace: false, bytes: 1000 });
  expect(made).toMatchObject({
    state: "succeeded",
    result: { database: { name: "app 3", safetyDump: null } },
  });
  const told = lab.server.reports.flatMap(({ jobId, report }) =>
    jobId === "k2" ? (report.progress ?? []) : [],
  );
  expect(told.at(-1)).toMatchObject({ phase: "loading", totalBytes: 1000 });
});

it("replaces the same database after a dump of what was there", async () => {
  const before = [postgresql.sql("app", pgSum), mariadb.sql("shop", mySum)];
  postgresql.sql(
    "app",
    "delete from items where n > 10; create table later (what text); insert into later values ('only here')",
  );
  mariadb.sql(
    "shop",
    "delete from items; create table later (what text); insert into later values ('only here')",
  );
  const ends = [await restore("s1", app("app")), await restore("s2", shop("shop"))];
  for (const end of ends) {
    expect(end.state).toBe("succeeded");
    const safety = (end.result?.kind === "restore" && end.result.database?.safetyDump) || "?";
    expect(statSync(safety).mode & 0o777).toBe(0o600);
    expect(readFileSync(safety, "latin1")).toContain("only here");
  }
  expect([postgresql.sql("app", pgSum), mariadb.sql("shop", mySum)]).toEqual(before);
  expect(postgresql.sql("app", "select to_regclass('later') is null")).toBe("t");
  expect(mariadb.sql("shop", "show tables")).toBe("items");
  expect(mariadb.sql("shop", "show triggers")).toContain("upper");
  const owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'app'";
  expect(postgresql.sql("postgres", owner)).toBe("keeper");
});

it("touches nothing when the dump is not in the archive, or cannot be loaded", async () => {
  const before = [postgresql.sql("app", pgSum), mariadb.sql("shop", mySum)];
  const missing = await restore("m1", { ...app("app"), dump: "databases/pg/nothing.dump" });
  expect(missing).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  const missingToo = await restore("m2", { ...shop("shop"), dump: "databases/my/nothing.sql" });
  expect(missingToo).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  expect([postgresql.sql("app", pgSum), mariadb.sql("shop", mySum)]).toEqual(before);
  const left = "select count(*) from pg_database where datname like 'bbs%'";
  expect(postgresql.sql("postgres", left)).toBe("0");
  expect(mariadb.sql("", "show databases like 'bbs%'")).toBe("");
});

it("loads nothing that the policy does not allow, and no archive that it did not make", async () => {
  const stranger = { borgId: "ab".repeat(32), name: archive.name };
  expect(await restore("p1", app("app"), stranger)).toMatchObject({
    problem: { code: "archive-not-made-here" },
  });
  expect(await restore("p2", { ...app("app"), entry: "my" })).toMatchObject({
    problem: { code: "policy-forbids-target" },
  });
  const accounts = await restore("p4", { entry: "my", dump: "databases/my/globals.sql", into: "x" });
  expect(accounts).toMatchObject({ problem: { code: "policy-forbids-target" } });
  allow(false);
  const forbidden = await restore("p3", app("app"));
  expect(forbidden).toMatchObject({ problem: { code: "policy-forbids-target" } });
  expect(forbidden.problem?.say).toContain("databases.pg.restore is not true");
});
