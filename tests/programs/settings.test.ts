import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { chmod, chown } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort } from "~tests/support/free-port";
import {
  buildEverything,
  makeFolder,
  openFolder,
  programRoot,
  removeFolder,
  runSupervisor,
} from "~tests/support/supervisor-run";

/** Number of `nobody` on Debian. */
const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;

let folder: string;
beforeAll(buildEverything);
beforeEach(async () => {
  folder = await openFolder();
});
afterEach(() => removeFolder(folder));

/** Starts with these settings and answers what a person sees when the start is refused. */
async function refusal(
  settings: Record<string, string>,
  options: Parameters<typeof runSupervisor>[1] = {},
): Promise<string> {
  const run = await runSupervisor({ BBS_DATA: join(folder, "data"), ...settings }, options);
  const limit = setTimeout(() => run.child.kill("SIGKILL"), 60_000);
  const code = await run.ended();
  clearTimeout(limit);
  expect(code, run.printed()).toBe(1);
  expect(run.printed()).not.toMatch(/^\s+at /m);
  return run.printed().trim();
}

test.each(["PORT", "SSH_PORT"])("a used %s is named together with the way out", async (setting) => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  const said = await refusal({ [setting]: String(port) });
  other.close();
  expect(said).toBe(
    `Port ${port} is in use by another program. Stop it (ss -ltnp 'sport = :${port}' names it), or set ${setting} to another port.`,
  );
});

test("a DATABASE_URL where nothing listens is refused, without its password", async () => {
  const port = await freePort();
  const said = await refusal({ DATABASE_URL: `postgres://bbs:geheim@127.0.0.1:${port}/bbs` });
  expect(said).toContain(`DATABASE_URL (bbs@127.0.0.1:${port}/bbs) cannot be used: nothing listens there.`);
  expect(said).not.toContain("geheim");
});

test("a data folder of a newer version is left as it is", async () => {
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/version"), "2\n");
  expect(await refusal({})).toMatch(/was last used by a newer version .* Start that version/);
  expect(existsSync(join(folder, "data/postgres"))).toBe(false);
});

test("a setting that cannot be read is named", async () => {
  expect(await refusal({ PORT: "http" })).toMatch(
    /^These settings cannot be used\. PORT: .*\.env\.example\.$/,
  );
});

test("a certificate without its key is refused", async () => {
  expect(await refusal({ TLS_CERT: "/nowhere.pem" })).toBe(
    "TLS_CERT and TLS_KEY belong together: set both or none.",
  );
});

test.each([
  ["BBS_BORG", /^borg cannot be run .*apt-get install borgbackup/],
  ["BBS_SSHD", /^sshd is not there .*apt-get install openssh-server/],
])(
  "a missing program (%s) is named together with the command that installs it",
  async (setting, sentence) => {
    expect(await refusal({ [setting]: "/nowhere/at-all" })).toMatch(sentence);
  },
);

test("an old node is told before anything else happens", async () => {
  const old = "Object.defineProperty(process.versions,'node',{value:'18.19.0'})";
  const said = await refusal(
    {},
    {
      program: join(programRoot, "src/supervisor/bootstrap.mjs"),
      nodeWords: ["--import", `data:text/javascript,${old}`],
    },
  );
  expect(said).toBe(
    "This is node 18.19.0; Borg Backup Server needs node 20.9 or newer. Install it and run npm start again.",
  );
});

test.runIf(asRoot)("without root, a folder that cannot be written is refused", async () => {
  const data = await makeFolder(join(folder, "data"), 0o755);
  const said = await refusal({ BBS_DATA: data }, { as: { uid: NOBODY, gid: NOBODY } });
  expect(said).toMatch(
    /cannot be written \(EACCES\)\. Give this account the right to write there, or set BBS_DATA/,
  );
});

test("a folder below one that others may write to is refused: sshd would take no key there", async () => {
  const data = await makeFolder(join(folder, "shared"), 0o777);
  expect(await refusal({ BBS_DATA: join(data, "data") })).toMatch(
    /shared can be written by other accounts, so sshd would refuse every client's key below it/,
  );
});

test.runIf(asRoot)("a full disk is refused before anything is written", async () => {
  const data = await makeFolder(join(folder, "small"), 0o755);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", data]);
  try {
    expect(await refusal({ BBS_DATA: data })).toMatch(
      /^The disk under .* is full: \d+ MB are free, a start needs 256 MB\./,
    );
  } finally {
    execFileSync("umount", [data]);
  }
});

test.runIf(asRoot)(
  "a data folder below a closed one is refused, for other accounts could not reach theirs",
  async () => {
    await makeFolder(join(folder, "closed"), 0o700);
    expect(await refusal({ BBS_DATA: join(folder, "closed/data") })).toMatch(
      /closed is closed to other accounts.* Run chmod o\+x /,
    );
  },
);

test.runIf(asRoot)("root runs no file that another account could change", async () => {
  const clone = join(folder, "clone");
  cpSync(join(programRoot, "dist"), join(clone, "dist"), { recursive: true });
  const program = join(clone, "dist/supervisor.mjs");
  await chown(join(clone, "dist/web.mjs"), NOBODY, NOBODY);
  expect(await refusal({}, { program })).toMatch(
    /dist\/web\.mjs belongs to account number 65534, so that account could change what root runs\./,
  );
  await chown(join(clone, "dist/web.mjs"), 0, 0);
  await chmod(join(clone, "dist/web.mjs"), 0o666);
  expect(await refusal({}, { program })).toMatch(/dist\/web\.mjs can be changed by every account/);
});
