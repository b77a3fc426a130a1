import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withConnection } from "~/supervisor/database";
import { startTestPostgres, type TestPostgres } from "~tests/support/postgres";
import { runProgram } from "~tests/support/run-program";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

/** The embedded database, started as `npm start` starts it, seen from a client's account with a shell on the same machine. */
let node: StorageNode;
let database: TestPostgres;
let account: { uid: number; gid: number };
let socketFolder: string;

beforeAll(async () => {
  [node, database] = [await startStorageNode(), await startTestPostgres()];
  const client = await node.addClient();
  const id = (flag: string) => Number(execFileSync("id", [flag, client.user], { encoding: "utf8" }));
  account = { uid: id("-u"), gid: id("-g") };
  socketFolder = decodeURIComponent(/[?&]host=([^&]+)/.exec(database.adminUrl)?.[1] ?? "");
});
afterAll(async () => {
  await database.stop();
  await node.stop();
});

const probe = `
  const socket = require("node:net").connect(process.argv[1]);
  socket.on("connect", () => { console.log("connected"); process.exit(0); });
  socket.on("error", (error) => { console.log(error.code); process.exit(1); });`;

it("does not let a client's account reach the socket, which is there and answers others", async () => {
  const name = readdirSync(socketFolder).find((entry) => /^\.s\.PGSQL\.\d+$/.test(entry));
  const socket = join(socketFolder, name ?? "");
  expect((await runProgram(process.execPath, ["-e", probe, socket])).out).toBe("connected\n");
  expect((await runProgram(process.execPath, ["-e", probe, socket], account)).out).toBe("EACCES\n");
  expect((await runProgram("/bin/ls", ["-A", socketFolder], account)).out).toBe("");
});

it("listens on no network address, not even on loopback", async () => {
  const [row] = await withConnection(
    database.adminUrl,
    (sql) => sql`select current_setting('listen_addresses') as addresses`,
  );
  expect(row?.addresses).toBe("");
});
