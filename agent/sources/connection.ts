import { readFile, stat } from "node:fs/promises";
import { type DatabaseOrder, sealedCredentials } from "~/protocol/backup-extras";
import type { AgentFolder } from "../agent-folder";
import { AgentProblem } from "../agent-problem";
import { parseJson } from "../parse-json";
import type { PolicyState } from "../policy";
import type { Account } from "../run-program";
import { openSealedBox, sealingKey } from "../sealing-key";
import { readTrusted } from "../trusted-file";
import { localAccount } from "./local-account";
import { parseMongoConfig } from "./mongo-config";

/** Databases that are servers; SQLite is a file. */
export type ServerEngine = Exclude<DatabaseOrder["engine"], "sqlite">;

/** How to reach one database server, settled from the order and this machine's policy. */
export type Connection = {
  engine: ServerEngine;
  /** Empty: the program's own default on this machine. A leading slash: a socket. */
  host: string;
  port: number | null;
  user: string;
  password: string | null;
  /** mysql: an option file in place of all these. */
  defaultsFile: string | null;
  /** mongodb: a connection string, password included, in place of all these. */
  uri: string | null;
  account: Account | null;
  /** Folder of the dump programs; null: the usual ones. */
  programs: string | null;
  /** Only these databases may be read; null: all. */
  only: readonly string[] | null;
  /** Whether a backup may be brought back into it. */
  restore: boolean;
};

/**
 * Settles where a database is and how to get in. Where it is comes from the policy, or from inside a sealed box and then only to hosts that
 * the policy lists: an order could otherwise send this machine's passwords to a host of the server's choice.
 */
export async function settleConnection(
  order: DatabaseOrder,
  context: { policy: PolicyState; folder: AgentFolder },
): Promise<Connection> {
  const { policy, folder } = context;
  if (!policy.readable) throw forbidden(`No database may be read: ${policy.why}.`);
  const { engine, credentials } = order;
  if (engine === "sqlite") throw new TypeError("SQLite has no server.");
  const nothing = { defaultsFile: null, uri: null, account: null, programs: null, only: null };
  const typed = { engine, ...nothing, restore: false };
  switch (credentials.kind) {
    case "local":
      return localConnection(engine, credentials.name, policy);
    case "none":
      checkHost(order.host, policy);
      return { ...typed, host: order.host, port: order.port, user: order.user, password: null };
    case "sealed": {
      const text = openSealedBox(await sealingKey(folder), credentials.box);
      const opened = sealedCredentials.safeParse(text === null ? null : parseJson(text));
      if (!opened.success) {
        throw new AgentProblem(
          "database-failed",
          `The password of ${order.name} was not sealed to this machine, or to a key that it has no more. Type it anew in the plan.`,
        );
      }
      checkHost(opened.data.host, policy);
      return { ...typed, ...opened.data };
    }
  }
}

async function localConnection(engine: ServerEngine, name: string, policy: PolicyState): Promise<Connection> {
  const entry = Object.entries(policy.policy.databases ?? {}).find(([listed]) => listed === name)?.[1];
  if (!entry) throw forbidden(`The policy of this machine lists no database of the name ${name}.`);
  if (entry.engine !== engine) {
    throw forbidden(`The policy's database ${name} is ${entry.engine}, not ${engine}.`);
  }
  return {
    engine,
    host: entry.host ?? "",
    port: entry.port ?? null,
    user: entry.user ?? "",
    password: entry.passwordFile ? await readPassword(entry.passwordFile) : null,
    defaultsFile: entry.engine === "mysql" ? (entry.defaultsFile ?? null) : null,
    uri:
      entry.engine === "mongodb" && entry.configFile !== undefined
        ? await readMongoConfig(entry.configFile)
        : null,
    account: await localAccount(entry.runAs),
    programs: entry.programs ?? null,
    only: entry.only ?? null,
    restore: entry.restore,
  };
}

/** `localhost` in the policy stands for this machine by every name it has, and for its sockets. */
function checkHost(host: string, policy: PolicyState): void {
  const allowed = policy.policy.typedDatabaseHosts ?? [];
  const isLocal = host === "" || host.startsWith("/") || ["localhost", "127.0.0.1", "::1"].includes(host);
  if (allowed.includes(host) || (isLocal && allowed.includes("localhost"))) return;
  throw forbidden(
    `The policy of this machine does not let databases on ${isLocal ? "localhost" : host} be read with details from the console (typedDatabaseHosts).`,
  );
}

async function readPassword(path: string): Promise<string> {
  return (await readSecret(path)).replace(/\r?\n$/, "");
}

async function readMongoConfig(path: string): Promise<string> {
  const { mode } = await stat(path).catch(() => ({ mode: 0 }));
  if ((mode & 0o077) !== 0) throw forbidden(`${path} is not used: other accounts can read it (chmod 600).`);
  const read = parseMongoConfig(await readSecret(path));
  if (read.uri === null) throw forbidden(`${path} is not used: ${read.why}.`);
  return read.uri;
}

async function readSecret(path: string): Promise<string> {
  const trusted = await readTrusted(path);
  if (trusted.path === null) throw forbidden(`The password file is not used: ${trusted.why}.`);
  return readFile(trusted.path, "utf8");
}

function forbidden(say: string): AgentProblem {
  return new AgentProblem("policy-forbids-database", `${say} The machine's administrator can change that.`);
}
