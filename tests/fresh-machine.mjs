/**
 * `npm run fresh-machine` (root, some minutes): proves the promises about machines that have never seen us.
 *
 *  1. A bare Debian root (debootstrap, minbase) gets node, npm and a clone of HEAD, nothing else. There, `npm start`: the log, the real
 *     answers of console and sshd, Ctrl-C, and how long a second start takes.
 *  2. In the same root the steps of the Dockerfile, script by script; then both halves run against a PostgreSQL server of Debian's, as
 *     the containers do.
 *
 * `--keep` leaves the root for looking around, `--test` also runs `npm test` in it. The log is test-results/fresh-machine.log;
 * the last line `N passed, N failed`.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const logFile = join(repository, "test-results/fresh-machine.log");
const root = mkdtempSync(join(tmpdir(), "bbs-fresh-"));
const counts = { passed: 0, failed: 0 };
const running = new Set();

mkdirSync(dirname(logFile), { recursive: true });
writeFileSync(logFile, "");
if (process.getuid() !== 0) {
  console.error("A bare Debian root can be made by root only.");
  process.exit(1);
}
try {
  makeRoot();
  await showNpmStart();
  await showBackports();
  await showAgentPackages();
  if (process.argv.includes("--test")) await showNpmTest();
  await showImages();
} catch (error) {
  promise(`no step breaks off (${error.message})`, false);
} finally {
  for (const child of running) child.kill("SIGKILL");
  await wait(500);
  if (process.argv.includes("--keep")) log(`The root stays: ${root}`);
  else rmSync(root, { recursive: true, force: true });
}
log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Debian, node and npm, and a clone: what README presumes. */
function makeRoot() {
  // It becomes the machine's /, which every account may pass through.
  chmodSync(root, 0o755);
  log("debootstrap --variant=minbase bookworm");
  must("debootstrap", ["--variant=minbase", "bookworm", root, mirror()], { stdio: "ignore" });
  const given = [
    "/etc/apt/sources.list.d/debian.sources",
    "/etc/resolv.conf",
    "/etc/ssl/certs/ca-certificates.crt",
  ];
  for (const file of [...given, ...npmSettings()]) {
    if (existsSync(file)) cpSync(file, join(root, file), { recursive: true, dereference: true });
  }
  rmSync(join(root, "etc/apt/sources.list"), { force: true });
  cpSync(process.execPath, join(root, "usr/bin/node"));
  const npm = join(dirname(process.execPath), "../lib/node_modules/npm");
  cpSync(npm, join(root, "usr/lib/node_modules/npm"), { recursive: true, verbatimSymlinks: true });
  inside("ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm");
  must("git", ["clone", "--quiet", "--no-hardlinks", repository, join(root, "root/borg-backup-server")]);
  const seen = inside(
    "cd ~/borg-backup-server && ls && node --version && npm --version && which borg sshd git; ls -d node_modules dist",
  );
  log(seen);
  promise(
    "the machine has no node modules, no borg and no sshd before",
    !existsSync(join(root, "usr/bin/borg")) &&
      !existsSync(join(root, "usr/sbin/sshd")) &&
      !existsSync(join(root, "root/borg-backup-server/node_modules")),
  );
}

async function showNpmStart() {
  const ports = { PORT: "23100", SSH_PORT: "22100" };
  const first = await started("cd ~/borg-backup-server && npm start", ports, 900);
  promise("npm start on a fresh clone brings everything up", first.up);
  const page = await answer("https://127.0.0.1:23100/", { redirect: "manual" });
  log(`GET https://127.0.0.1:23100/ -> ${page.status} ${page.location}`);
  promise(
    "the console answers over TLS and sends the first visitor to the setup",
    page.status === 307 && page.location.endsWith("/setup"),
  );
  const link = first.text.match(/https:\S+\/setup\?token=\S+/)?.[0] ?? "";
  const setup = await answer(link.replace(/^https:\/\/[^/]+/, "https://127.0.0.1:23100"));
  log(
    `GET the printed setup link -> ${setup.status}, ${setup.text.length} characters, ${setup.text.match(/<title>[^<]*/)?.[0]}`,
  );
  promise("the printed one-time link opens a page", setup.status === 200);
  const health = await answer("http://127.0.0.1:23100/api/health");
  log(`GET http://127.0.0.1:23100/api/health -> ${health.status} ${health.text}`);
  promise("the console reaches its database", health.text === '{"ok":true}');
  promise("sshd greets", (await greeting(22100)).startsWith("SSH-2.0"));
  log(
    inside("ps -eo user:14,pid,args | grep -E 'runtime|postgres -D|sshd' | grep -v grep | cut -c1-110") ||
      "(no ps in minbase)",
  );
  await stopped(first, "Ctrl-C ends everything in order");

  const again = await started("cd ~/borg-backup-server && npm start", ports, 60);
  log(`second start: ${again.seconds.toFixed(1)} s`);
  promise("a second start takes seconds", again.up && again.seconds < 20);
  await stopped(again, "and ends again");
}

/** Where the machine may use backports, `npm start` takes borg from there: 1.2.4 lacks the fix of CVE-2023-36811. */
async function showBackports() {
  log(`borg before: ${inside("borg --version")}`);
  await run("DEBIAN_FRONTEND=noninteractive apt-get -q remove -y borgbackup", {}, 300);
  writeFileSync(
    join(root, "etc/apt/sources.list.d/backports.list"),
    `deb ${mirror()} bookworm-backports main\n`,
  );
  const start = await started(
    "cd ~/borg-backup-server && npm start",
    { PORT: "23100", SSH_PORT: "22100" },
    300,
  );
  const version = inside("borg --version").trim();
  promise(`npm start takes borg from backports (${version})`, start.up && version.startsWith("borg 1.4"));
  await stopped(start, "and ends once more");
}

/** The agent's installer gets borg and ssh from Debian before it downloads anything; there is no curl either, so it ends there. */
async function showAgentPackages() {
  rmSync(join(root, "etc/apt/sources.list.d/backports.list"));
  await run("DEBIAN_FRONTEND=noninteractive apt-get -q remove -y borgbackup openssh-client", {}, 300);
  const before = inside("which borg ssh");
  const line = `sh ~/borg-backup-server/agent/install.sh --server https://127.0.0.1:9 --token none --agent-sha256 ${"0".repeat(64)}`;
  const result = await run(line, {}, 300);
  const after = inside("which borg ssh ssh-keygen");
  promise(
    "the agent's installer gets borg and ssh from Debian, then says what else is missing",
    before === "" &&
      after.split("\n").length === 4 &&
      /Installing borgbackup openssh-client/.test(result.text) &&
      result.code !== 0,
  );
}

async function showNpmTest() {
  const result = await run("cd ~/borg-backup-server && npm test", {}, 3600);
  promise(`npm test on the fresh machine: ${result.text.trimEnd().split("\n").at(-1)}`, result.code === 0);
}

/** The Dockerfile's steps, then what its CMD lines start. */
async function showImages() {
  const steps = [
    [
      "build",
      "git-free copy",
      "mkdir -p /src && cp -a ~/borg-backup-server/. /src && rm -rf /src/node_modules /src/dist /src/.next /src/.git",
    ],
    ["build", "build.sh", "/src/src/supervisor/image/build.sh"],
    ["build", "assemble.sh", "/src/src/supervisor/image/assemble.sh /src /opt/bbs"],
    ["web", "install-packages.sh", "/opt/bbs/src/supervisor/image/install-packages.sh web"],
    ["storage", "install-packages.sh", "/opt/bbs/src/supervisor/image/install-packages.sh storage"],
    [
      "database",
      "PostgreSQL of Debian",
      "apt-get -q update && apt-get -q install -y --no-install-recommends postgresql && service postgresql start && su postgres -c \"psql -qc \\\"create role bbs login password 'secret'\\\" -c 'create database bbs owner bbs'\"",
    ],
  ];
  for (const [image, name, command] of steps) {
    const result = await run(`export DEBIAN_FRONTEND=noninteractive; ${command}`, {}, 900);
    promise(`image ${image}: ${name} (exit ${result.code})`, result.code === 0);
  }
  log(inside("du -sh /opt/bbs; ls -A /opt/bbs"));
  const shared = {
    APP_KEY: Buffer.alloc(32, 7).toString("base64"),
    APP_URL: "https://127.0.0.1:23110",
    DATABASE_URL: "postgres://bbs:secret@127.0.0.1:5432/bbs",
    PORT: "23110",
    SSH_PORT: "22110",
  };
  const database = await started("service postgresql restart; echo Ctrl-C; sleep 600", {}, 60);
  const web = await started(
    "node /opt/bbs/dist/supervisor.mjs web",
    { ...shared, BBS_DATA: "/var/bbs-web" },
    120,
  );
  const storage = await started(
    "node /opt/bbs/dist/supervisor.mjs storage",
    { ...shared, BBS_DATA: "/var/bbs-storage" },
    120,
  );
  promise("the web container's command comes up", web.up);
  promise("the storage container's command comes up", storage.up);
  for (const [part, BBS_DATA] of [
    ["web", "/var/bbs-web"],
    ["storage", "/var/bbs-storage"],
  ]) {
    const result = await run(
      `node /opt/bbs/src/supervisor/image/healthy.mjs ${part}`,
      { ...shared, BBS_DATA },
      30,
    );
    promise(`the health check of ${part} passes`, result.code === 0);
  }
  await stopped(web, "the web container stops on SIGTERM", "SIGTERM");
  await stopped(storage, "the storage container stops on SIGTERM", "SIGTERM");
  database.child.kill("SIGKILL");
}

/** A command in the root, with namespaces of its own, so that mounts and processes end with it. The root is a mount, as any / is. */
function enter(command) {
  const mounts = `mount --bind ${root} ${root} && cd ${root} && mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev && mount -t tmpfs tmpfs ${root}/run`;
  const script = `${mounts} && exec chroot ${root} /bin/sh -c "$0"`;
  return ["unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, command]];
}

function environment(settings = {}) {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LANG: "C.UTF-8",
    ...settings,
  };
}

function inside(command) {
  return spawnSync("chroot", [root, "/bin/sh", "-c", command], { encoding: "utf8", env: environment() })
    .stdout;
}

/** Starts a long-running command and waits until it prints that it runs. */
async function started(command, settings, limitSeconds) {
  log(`\n# ${command}  (${Object.keys(settings).join(", ")})`);
  const startedAt = Date.now();
  const [program, words] = enter(command);
  const child = spawn(program, words, { env: environment(settings), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const it = { child, text: "", up: false, seconds: 0 };
  const take = (bytes) => {
    it.text += bytes;
    log(String(bytes).trimEnd());
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  while (child.exitCode === null && Date.now() - startedAt < limitSeconds * 1000) {
    if (it.text.includes("Ctrl-C")) {
      it.up = true;
      break;
    }
    await wait(50);
  }
  it.seconds = (Date.now() - startedAt) / 1000;
  return it;
}

/** Signals the supervisor as a terminal or Docker would, and waits for its end. */
async function stopped({ child, text }, say, signal = "SIGINT") {
  const supervisors = spawnSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" })
    .stdout.trim()
    .split("\n");
  for (const pid of supervisors.flatMap((pid) => deepest(pid))) process.kill(pid, signal);
  const startedAt = Date.now();
  while (child.exitCode === null && child.signalCode === null && Date.now() - startedAt < 20_000)
    await wait(50);
  const gone = child.exitCode !== null || child.signalCode !== null;
  running.delete(child);
  promise(`${say} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`, gone && !text.includes("FATAL"));
}

/** Below npm and its shell: the process whose child is PostgreSQL, sshd or a node of ours. */
function deepest(pid) {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  if (words.some((word) => /bootstrap\.mjs$|supervisor\.mjs$/.test(word)) && /node$/.test(words[0]))
    return [Number(pid)];
  const below = spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" }).stdout.trim();
  return below ? below.split("\n").flatMap(deepest) : [];
}

async function run(command, settings, limitSeconds) {
  log(`\n# ${command.slice(0, 200)}`);
  const [program, words] = enter(command);
  const child = spawn(program, words, { env: environment(settings), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes) => {
      text += bytes;
      appendFileSync(logFile, bytes);
    });
  }
  const limit = setTimeout(() => child.kill("SIGKILL"), limitSeconds * 1000);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  running.delete(child);
  return { code, text };
}

async function answer(url, options = {}) {
  try {
    const response = await fetch(url, options);
    return {
      status: response.status,
      location: response.headers.get("location") ?? "",
      text: await response.text(),
    };
  } catch (error) {
    return { status: 0, location: "", text: String(error.cause ?? error) };
  }
}

function greeting(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", (bytes) => {
      socket.destroy();
      resolve(String(bytes));
    });
    socket.on("error", () => resolve(""));
  });
}

/** The first Debian source of this machine that is no security archive. */
function mirror() {
  const file = "/etc/apt/sources.list.d/debian.sources";
  const text = existsSync(file) ? readFileSync(file, "utf8") : readFileSync("/etc/apt/sources.list", "utf8");
  const found = text.match(/^URIs:\s*(\S+)/m)?.[1] ?? text.match(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m)?.[1];
  if (!found) throw new Error("This machine names no Debian mirror.");
  return found;
}

/** Where this machine's npm is told which registry to use, if anywhere. */
function npmSettings() {
  const globalFile = spawnSync("npm", ["config", "get", "globalconfig"], { encoding: "utf8" }).stdout.trim();
  return [globalFile, join(process.env.HOME ?? "/root", ".npmrc")].filter(Boolean);
}

function must(program, words, options = {}) {
  const result = spawnSync(program, words, { encoding: "utf8", ...options });
  if (result.status !== 0) throw new Error(`${program} ended with ${result.status}: ${result.stderr ?? ""}`);
}

function promise(say, kept) {
  counts[kept ? "passed" : "failed"]++;
  log(`${kept ? "ok    " : "FAILED"} ${say}`);
}

function log(text) {
  console.log(text);
  appendFileSync(logFile, `${text}\n`);
}
