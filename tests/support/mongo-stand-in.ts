import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Databases by name, collections in them, documents in those. */
type Databases = Record<string, Record<string, { _id: number; refused?: true }[]>>;

/**
 * Stands for mongodump, mongorestore and mongosh, and for the server behind them, which is a file: Debian 12 has no MongoDB. They take the words
 * of the tools' documentation, refuse any other, and end as the real ones do (mongodump with 0 for a database that is not there, mongorestore
 * with 0 when documents were refused). That the real ones take these words is not shown.
 */
const PROGRAM = `#!NODE
const fs = require("fs");
const path = require("path");
const state = STATE;
const name = path.basename(process.argv[1]);
const words = process.argv.slice(2);
const environment = fs.readFileSync("/proc/self/environ", "latin1").replaceAll("\\0", "\\n");
fs.appendFileSync(path.join(state, "told"), [name, ...words].join(" ") + "\\n");
fs.appendFileSync(path.join(state, "environments"), environment);
const given = new Map(words.map((word) => [word.split("=")[0], word.slice(word.indexOf("=") + 1)]));
const mode = fs.existsSync(path.join(state, "mode")) ? fs.readFileSync(path.join(state, "mode"), "utf8") : "";
const read = () => JSON.parse(fs.readFileSync(path.join(state, "databases"), "utf8"));
const write = (all) => fs.writeFileSync(path.join(state, "databases"), JSON.stringify(all));
const say = (text) => process.stderr.write("2026-11-23T02:00:00.000+0000\\t" + text + "\\n");
const die = (text) => { say(text); process.exit(1); };
const only = (known) => words.forEach((word) => known.includes(word.split("=")[0]) || die("unknown option " + word));
const login = (uri) => uri === fs.readFileSync(path.join(state, "uri"), "utf8") || die("could not connect to server " + uri);
const config = () => login(JSON.parse(/^uri: (".*")\\n$/.exec(fs.readFileSync(given.get("--config"), "utf8"))[1]));
if (name === "mongosh") {
  only(["--nodb", "--norc", "--quiet", "--file"]);
  const connect = (uri) => {
    login(uri);
    return { getSiblingDB: (db) => ({
      runCommand: () => ({ databases: [...Object.keys(read()), "config", "local"].map((one) => ({ name: one })), ok: 1 }),
      dropDatabase: () => { const all = read(); delete all[db]; write(all); return { ok: 1, dropped: db }; },
    }) };
  };
  process.stdout.write("Warning: Could not access file\\n");
  new Function("connect", "print", fs.readFileSync(given.get("--file"), "utf8"))(connect, console.log);
} else if (name === "mongodump") {
  only(["--config", "--archive", "--db"]);
  config();
  const db = given.get("--db");
  fs.writeSync(1, "ARCHIVE\\n");
  for (const [collection, documents] of Object.entries(read()[db] ?? {})) {
    say("writing " + db + "." + collection + " to archive on stdout");
    say("[########................]  " + db + "." + collection + "  1/2  (50.0%)");
    fs.writeSync(1, JSON.stringify({ db, collection, documents }) + "\\n");
    if (mode === "break") process.kill(process.pid, "SIGKILL");
    say("done dumping " + db + "." + collection + " (" + documents.length + " documents)");
  }
} else {
  only(["--config", "--archive", "--stopOnError", "--nsInclude", "--nsFrom", "--nsTo"]);
  config();
  const [first, ...lines] = fs.readFileSync(0, "utf8").split("\\n").filter((line) => line !== "");
  if (first !== "ARCHIVE") die("stream or file does not appear to be a mongodump archive");
  const all = read();
  let good = 0;
  let bad = 0;
  for (const { db, collection, documents } of lines.map((line) => JSON.parse(line))) {
    if (db + ".*" !== given.get("--nsInclude")) continue;
    const into = given.has("--nsTo") && db + ".*" === given.get("--nsFrom") ? given.get("--nsTo").slice(0, -2) : db;
    const there = ((all[into] ??= {})[collection] ??= []);
    for (const document of documents) {
      if (there.some(({ _id }) => _id === document._id)) die("Failed: E11000 duplicate key error");
      if (document.refused) bad++;
      else { there.push(document); good++; }
    }
  }
  write(all);
  say(good + " document(s) restored successfully. " + bad + " document(s) failed to restore.");
}
`;

export interface MongoStandIn {
  /** The folder with the programs, for the policy. */
  programs: string;
  databases(): Databases;
  setDatabases(all: Databases): void;
  /** The connection string with which one gets in. */
  setUri(uri: string): void;
  /** `break`: mongodump is killed after its first collection. */
  setMode(mode: "break" | null): void;
  /** Command lines since the last time that one asked. */
  told(): string[];
  environments(): string;
}

export function makeMongoStandIn(folder: string): MongoStandIn {
  const state = join(folder, "mongo-server");
  const programs = join(folder, "mongo-programs");
  for (const path of [state, programs]) mkdirSync(path);
  const program = join(programs, "mongodump");
  const text = PROGRAM.replace("NODE", process.execPath).replace("STATE", JSON.stringify(state));
  writeFileSync(program, text, { mode: 0o755 });
  for (const name of ["mongorestore", "mongosh"]) linkSync(program, join(programs, name));
  const path = (name: string) => join(state, name);
  writeFileSync(path("told"), "");
  return {
    programs,
    databases: () => JSON.parse(readFileSync(path("databases"), "utf8")),
    setDatabases: (all) => writeFileSync(path("databases"), JSON.stringify(all)),
    setUri: (uri) => writeFileSync(path("uri"), uri),
    setMode: (mode) =>
      mode === null ? rmSync(path("mode"), { force: true }) : writeFileSync(path("mode"), mode),
    told() {
      const lines = readFileSync(path("told"), "utf8").split("\n");
      writeFileSync(path("told"), "");
      return lines.filter((line) => line !== "");
    },
    environments: () => readFileSync(path("environments"), "utf8"),
  };
}
