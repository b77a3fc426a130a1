import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { DatabaseOrder, DatabaseTarget } from "~/protocol/backup-extras";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { type MongoStandIn, makeMongoStandIn } from "~tests/support/mongo-stand-in";

/** MongoDB with stand-ins for its programs under the agent as it is shipped, a real borg and a real sshd. */
const PASSWORD = "p:a/s's \"w#o=rd";
const URI = `mongodb://keeper:${encodeURIComponent(PASSWORD)}@db-1:27017,db-2:27017/?authSource=admin`;
const APP = { items: [{ _id: 1 }, { _id: 2 }], notes: [{ _id: 3 }] };

let lab: AgentLab;
let mongo: MongoStandIn;
let configFile: string;
/** The backup of the first test, of the databases as they are before each. */
let whole: Awaited<ReturnType<typeof backUp>>;

beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
  mongo = makeMongoStandIn(lab.folder);
  configFile = join(lab.folder, "mongo.yaml");
  writeFileSync(
    configFile,
    `# for mongodump\nuri: mongodb://keeper@db-1:27017,db-2:27017/?authSource=admin\npassword: ${JSON.stringify(PASSWORD)}\n`,
    {
      mode: 0o600,
    },
  );
  lab.startAgent();
});
afterAll(() => lab?.stop());

beforeEach(() => {
  const shop = { items: [{ _id: 7 }, { _id: 8, refused: true as const }] };
  mongo.setDatabases({ admin: { "system.users": [{ _id: 9 }] }, app: APP, "sh-op": shop });
  mongo.setUri(URI);
  mongo.setMode(null);
  mongo.told();
  allow();
});

function allow(change: Record<string, unknown> = {}) {
  changePolicy(lab, {
    databases: { mo: { engine: "mongodb", configFile, programs: mongo.programs, restore: true, ...change } },
  });
}

const local = (databases: string[] = []): DatabaseOrder => ({
  ...{ engine: "mongodb", name: "mo", databases, credentials: { kind: "local", name: "mo" } },
  ...{ host: "evil.example", port: 1, user: "x" },
});

async function backUp(jobId: string, databases: string[] = []) {
  lab.server.orders.push(lab.backupOrder(jobId, [], { databases: [local(databases)] }));
  const end = await lab.server.end(jobId);
  const result = end.result?.kind === "backup" ? end.result : null;
  return { ...end, archive: result?.archive ?? null, databases: result?.databases ?? [] };
}

async function restore(
  jobId: string,
  from: { archive: { borgId: string; name: string } | null },
  target: Partial<DatabaseTarget>,
) {
  const { borgId = "", name = "" } = from.archive ?? {};
  const database = { entry: "mo", dump: "databases/mo/app.archive", into: "app", ...target };
  lab.server.orders.push(lab.restoreOrder(jobId, { borgId, name }, { database }));
  return lab.server.end(jobId);
}

it("dumps every database, with the password on no command line, in no environment and in no file that stays", async () => {
  const ended = await backUp("d1");
  whole = ended;
  expect(ended).toMatchObject({ state: "succeeded", result: { warnings: 0 } });
  expect(ended.databases.map(({ path, problem }) => [path, problem])).toEqual([
    ["databases/mo/admin.archive", null],
    ["databases/mo/app.archive", null],
    ["databases/mo/sh-op.archive", null],
  ]);
  const told = mongo.told();
  expect(told).toEqual([
    "mongosh --nodb --norc --quiet --file=/proc/self/fd/3",
    ...["admin", "app", "sh-op"].map((name) => `mongodump --config=/proc/self/fd/3 --archive --db=${name}`),
  ]);
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
    expect(mongo.environments()).not.toContain(secret);
    expect(lab.server.log("d1").join("\n")).not.toContain(secret);
  }
  for (const place of ["/dev/shm", "/run", join(lab.dir, "state")]) {
    expect(readdirSync(place).filter((name) => name.startsWith(".bbs-"))).toEqual([]);
  }
  expect(lab.server.log("d1").join("\n")).not.toContain("[####");
});

it("gets in by host, user and password file too, and reads only what the policy lists", async () => {
  const passwordFile = join(lab.folder, "password");
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const fields = { configFile: undefined, host: "/run/mongo.sock", user: "ke@per", passwordFile };
  allow({ ...fields, only: ["app"] });
  mongo.setUri(`mongodb://ke%40per:${encodeURIComponent(PASSWORD)}@%2Frun%2Fmongo.sock/?authSource=admin`);
  expect((await backUp("d2")).databases).toMatchObject([{ database: "app", problem: null }]);
  mongo.told();
  expect(await backUp("d3", ["sh-op"])).toMatchObject({ problem: { code: "policy-forbids-database" } });
  expect(mongo.told()).toEqual([]);
});

it("takes no dump for whole that broke off, or of a database that is not there", async () => {
  const missing = await backUp("b1", ["nowhere", "app"]);
  expect(missing).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  expect(missing.problem?.say).toContain("Is there a database nowhere?");
  expect(missing.databases).toMatchObject([{ path: null }, { database: "app", problem: null }]);
  mongo.setMode("break");
  const broken = await backUp("b2", ["app"]);
  expect(broken).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  expect(broken.databases[0]).toMatchObject({ path: null, problem: expect.stringContaining("SIGKILL") });
  mongo.setMode(null);
  const refused = await restore("b3", broken, { into: "app_copy", replace: false });
  expect(refused).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  expect(Object.keys(mongo.databases())).toEqual(["admin", "app", "sh-op"]);
});

it("does not tell the server the password that stands in a program's complaint", async () => {
  mongo.setUri("mongodb://another/");
  const ended = await backUp("s1", ["app"]);
  expect(ended.state).toBe("failed");
  const told = JSON.stringify([ended, lab.server.log("s1")]);
  expect(told).toContain("could not connect to server mongodb://…@db-1");
  expect(told).not.toContain(encodeURIComponent(PASSWORD));
});

it("brings a dump back as a copy, once, and leaves the database as it is", async () => {
  const ended = await restore("c2", whole, { into: "app_copy", replace: false, bytes: 100 });
  expect(ended).toMatchObject({
    state: "succeeded",
    result: { database: { name: "app_copy", safetyDump: null } },
  });
  expect(mongo.databases()).toMatchObject({ app: APP, app_copy: APP });
  expect(mongo.told().filter((line) => line.startsWith("mongorestore"))).toEqual([
    "mongorestore --config=/proc/self/fd/3 --archive --stopOnError --nsInclude=app.* --nsFrom=app.* --nsTo=app_copy.*",
  ]);
  const again = await restore("c3", whole, { into: "app_copy", replace: false });
  expect(again.problem?.say).toContain("There is a database app_copy already");
  expect(
    lab.server.reports.some(({ jobId, report }) => jobId === "c2" && report.progress?.phase === "loading"),
  ).toBe(true);
});

it("replaces the same database after a dump of what was there", async () => {
  mongo.setDatabases({ ...mongo.databases(), app: { items: [{ _id: 5 }], later: [{ _id: 6 }] } });
  const ended = await restore("r2", whole, {});
  expect(ended.state).toBe("succeeded");
  expect(mongo.databases().app).toEqual(APP);
  expect(Object.keys(mongo.databases()).filter((name) => name.startsWith("bbs"))).toEqual([]);
  const safety = (ended.result?.kind === "restore" && ended.result.database?.safetyDump) || "?";
  expect(statSync(safety).mode & 0o777).toBe(0o600);
  expect(readFileSync(safety, "utf8")).toContain('"later"');
});

it("touches nothing when the server does not take every document", async () => {
  const before = mongo.databases();
  const ended = await restore("t2", whole, { dump: "databases/mo/sh-op.archive", into: "sh-op" });
  expect(ended).toMatchObject({ state: "failed", problem: { code: "database-failed" } });
  expect(ended.problem?.say).toContain("does not say that it took every document");
  expect(mongo.databases()).toEqual(before);
});

it("starts no program for what the policy does not allow, and says which line decides", async () => {
  const never = async (jobId: string, target: Partial<DatabaseTarget>, words: string) => {
    const ended = await restore(jobId, whole, target);
    expect(ended.state).toBe("failed");
    expect(ended.problem?.say).toContain(words);
    expect(mongo.told().filter((line) => !line.startsWith("mongosh"))).toEqual([]);
  };
  await never("p1", { into: "admin" }, "MongoDB's own");
  await never("p2", { dump: "databases/mo/admin.archive", into: "x" }, "no dump of one database");
  await never("p3", { dump: "databases/mo/app.sql", into: "x" }, "no dump of one database");
  await never("p4", { into: "x.*" }, "is no name of a database");
  await never("p5", { into: "$db$" }, "is no name of a database");
  await never("p6", { entry: "other" }, "databases.other");
  allow({ restore: false });
  await never(
    "p7",
    {},
    `${join(lab.dir, "policy.json")} does not allow bringing a database back into mo: databases.mo.restore`,
  );
  allow({ only: ["sh-op"] });
  await never("p8", {}, "databases.mo.only does not list it");
  allow();
  chmodSync(configFile, 0o644);
  await never("p9", {}, "other accounts can read it");
  expect(await backUp("p10", ["app"])).toMatchObject({ problem: { code: "policy-forbids-database" } });
  chmodSync(configFile, 0o600);
  expect(await backUp("p11", ["a* --out=/etc"])).toMatchObject({ problem: { code: "database-failed" } });
  const typed = { ...local(["app"]), credentials: { kind: "none" as const } };
  lab.server.orders.push(lab.backupOrder("p12", [], { databases: [typed] }));
  expect(await lab.server.end("p12")).toMatchObject({ problem: { code: "policy-forbids-database" } });
  expect(mongo.told()).toEqual([]);
});
