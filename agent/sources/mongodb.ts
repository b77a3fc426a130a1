import type { DatabaseOrder } from "~/protocol/backup-extras";
import type { AgentFolder } from "../agent-folder";
import { askProgram, troubleOf } from "../run-program";
import type { Connection } from "./connection";
import { type Dump, DumpTrouble } from "./dump";
import { dumpName } from "./dump-name";
import { findProgram } from "./find-program";
import { withoutSecrets } from "./run-dump-program";
import { SECRET_PATH, withSecret } from "./secret-file";

const TOOLS = "mongodb-database-tools, from MongoDB's own packages";
const SHELL = "mongodb-mongosh, from MongoDB's own packages";
const ENDING = ".archive";
/** The server's own; `admin` has the accounts, so it is dumped, but never put back here. */
const NOT_DATA = ["local", "config"];
/** A name of MongoDB that is also no pattern of mongorestore. */
const NAME = /^[^\p{C}\s/\\."$*<>:|?]{1,63}$/u;
/** Bars of progress, every three seconds per collection. */
const NOISE = /\[[#.]{10,}\]/;

/**
 * The dumps of one MongoDB server: one archive per database, as `mongodump --archive` writes it to its stdout. Built from the tools'
 * documentation and source (100.x) and tried with stand-ins only: there is no MongoDB in Debian 12.
 *
 * Each collection is read on its own, so writes meanwhile may be in one and not in another. mongodump ends with 0 also for a database that is
 * not there: a dump counts only if it says that it dumped a collection of it.
 */
export async function mongodbDumps(
  order: DatabaseOrder,
  connection: Connection,
  folder: AgentFolder,
): Promise<Dump[]> {
  const command = await findProgram(["mongodump"], connection.programs, TOOLS);
  const databases = order.databases.length > 0 ? order.databases : await listMongodb(connection, folder);
  return databases.map((database): Dump => {
    checkName(database);
    return {
      ...reach(connection),
      database,
      path: `databases/${order.name}/${dumpName(database, ENDING)}`,
      command,
      args: [`--config=${SECRET_PATH}`, "--archive", `--db=${database}`],
      noise: NOISE,
      proof: {
        line: new RegExp(`\\bdone dumping ${escaped(database)}\\.`),
        otherwise: `mongodump found no collection in it. Is there a database ${database}?`,
      },
    };
  });
}

/** Every database with somebody's data, as mongosh lists them. */
export async function listMongodb(connection: Connection, folder: AgentFolder): Promise<string[]> {
  const found = await askMongosh(
    connection,
    folder,
    'server.getSiblingDB("admin").runCommand({ listDatabases: 1, nameOnly: true })',
  );
  const names = found.match(/"name":"(?:[^"\\]|\\.)*"/g) ?? [];
  const databases = names.flatMap((pair) => {
    const name: unknown = JSON.parse(pair.slice('"name":'.length));
    return typeof name === "string" && !NOT_DATA.includes(name) ? [name] : [];
  });
  const { only } = connection;
  return only === null ? databases : databases.filter((name) => only.includes(name));
}

/** Removes a database with all that is in it; one that is not there is fine. */
export async function dropMongodb(
  connection: Connection,
  folder: AgentFolder,
  database: string,
): Promise<void> {
  checkName(database);
  await askMongosh(connection, folder, `server.getSiblingDB(${JSON.stringify(database)}).dropDatabase()`);
}

/** The program that takes a dump of one database from its stdin and makes the database `into` of it, which must not be there. */
export async function loadMongodb(connection: Connection, dump: string, into: string): Promise<Dump> {
  const from = databaseOf(dump);
  checkName(into);
  return {
    ...reach(connection),
    database: into,
    path: "",
    command: await findProgram(["mongorestore"], connection.programs, TOOLS),
    args: [
      ...[`--config=${SECRET_PATH}`, "--archive", "--stopOnError", `--nsInclude=${from}.*`],
      ...(from === into ? [] : [`--nsFrom=${from}.*`, `--nsTo=${into}.*`]),
    ],
    noise: NOISE,
    // It also ends with 0 when documents were refused.
    proof: {
      line: /\b0 document\(s\) failed to restore\b/,
      otherwise: "mongorestore does not say that it took every document.",
    },
  };
}

/** Runs JavaScript in mongosh on the server; answers with what it came to, as JSON. The connection string is in the script, which nobody else sees. */
async function askMongosh(connection: Connection, folder: AgentFolder, expression: string): Promise<string> {
  const command = await findProgram(["mongosh"], connection.programs, SHELL);
  const text = [
    `const server = connect(${JSON.stringify(uriOf(connection))});`,
    `const answer = ${expression};`,
    'if (answer.ok !== 1) throw new Error(answer.errmsg || "It was refused.");',
    `print(${JSON.stringify(ANSWER)} + JSON.stringify(answer));`,
  ].join("\n");
  const { account } = connection;
  const end = await withSecret(folder, { text: `${text}\n`, account }, (secretFd) =>
    askProgram({
      command,
      args: ["--nodb", "--norc", "--quiet", `--file=${SECRET_PATH}`],
      // mongosh keeps a history and logs in its home: nowhere.
      env: { HOME: "/dev/null" },
      ...{ account, secretFd },
    }),
  );
  const trouble = troubleOf(end);
  if (trouble !== null) throw new DumpTrouble(`MongoDB does not answer. ${withoutSecrets(trouble)}`);
  const lines = end.stdout.toString("utf8").split("\n");
  const answer = lines.find((line) => line.startsWith(ANSWER));
  if (answer === undefined) throw new DumpTrouble("MongoDB does not answer: mongosh printed nothing.");
  return answer.slice(ANSWER.length);
}

const ANSWER = "bbs-agent ";

/** How the tools reach a server: by a configuration file that has no name, nothing of it on the command line. */
function reach(connection: Connection): Pick<Dump, "env" | "account" | "secret"> {
  return {
    env: {},
    account: connection.account,
    // A string of JSON is one of YAML.
    secret: `uri: ${JSON.stringify(uriOf(connection))}\n`,
  };
}

function uriOf({ uri, host, port, user, password }: Connection): string {
  if (uri !== null) return uri;
  const place = host.startsWith("/")
    ? encodeURIComponent(host)
    : `${host.includes(":") ? `[${host}]` : encodeURIComponent(host || "localhost")}${port === null ? "" : `:${port}`}`;
  if (user === "") return `mongodb://${place}/`;
  const secret = password === null ? "" : `:${encodeURIComponent(password)}`;
  return `mongodb://${encodeURIComponent(user)}${secret}@${place}/?authSource=admin`;
}

/** The database of which a dump is, out of its path. Refuses one that does not say (its name was cut). */
function databaseOf(dump: string): string {
  const file = dump.slice(dump.lastIndexOf("/") + 1);
  const name = decoded(file.slice(0, -ENDING.length));
  if (name === null || dumpName(name, ENDING) !== file) {
    throw new DumpTrouble(`${dump} does not say of which database it is.`);
  }
  checkName(name);
  return name;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function checkName(database: string): void {
  if (NAME.test(database)) return;
  throw new DumpTrouble(
    `${JSON.stringify(database)} is no name of a database that can be given to MongoDB's tools.`,
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
