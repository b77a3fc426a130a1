import { execFileSync, spawn } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { RestoreOrder } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { sampled } from "~tests/support/sampled";

/** What a hostile server (it knows the passphrase and forges archives) and a local user do to a restore; in every mode. */
const MODES = (["overwrite", "keep-both", "only-missing"] as const).flatMap((existing) =>
  (["keep", "none"] as const).map((owners) => ({ existing, owners })),
);

let lab: AgentLab;
let allowed: string;
let victim: string;
let forged: RestoreOrder["archive"];
let jobs = 0;

beforeAll(async () => {
  lab = await startAgentLab();
  [allowed, victim] = [join(lab.folder, "allowed"), join(lab.folder, "victim")];
  mkdirSync(allowed);
  await lab.enrol("--restore-path", allowed);
  const file = join(lab.dir, "policy.json");
  const policy = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...policy, restoreToOriginal: true }));
  lab.startAgent();
  mkdirSync(victim);
  const tar = join(lab.folder, "forged.tar");
  execFileSync("python3", ["-c", FORGE, tar, victim]);
  lab.borg("import-tar", `${lab.repository}::forged`, tar);
  forged = { borgId: idOf("forged"), name: "forged" };
});
beforeEach(() => {
  rmSync(victim, { recursive: true, force: true });
  mkdirSync(victim);
  writeFileSync(join(victim, "secret"), "secret", { mode: 0o600 });
});
afterAll(() => lab.stop());

const idOf = (name: string): string =>
  JSON.parse(lab.borg("info", "--json", `${lab.repository}::${name}`)).archives[0].id;

async function restore(archive: RestoreOrder["archive"], more: Partial<RestoreOrder>) {
  const jobId = `a${++jobs}`;
  lab.server.orders.push(lab.restoreOrder(jobId, archive, more));
  return { jobId, end: await lab.server.end(jobId, 200) };
}
const untouched = () => {
  expect(readdirSync(victim)).toEqual(["secret"]);
  expect(readFileSync(join(victim, "secret"), "utf8")).toBe("secret");
  expect(lstatSync(join(victim, "secret"))).toMatchObject({ nlink: 1, mode: 0o100600 });
};

it.each(sampled(MODES, 2))(
  "no forged archive gets out of the folder ($existing, owners $owners)",
  { timeout: 300_000 },
  async (mode) => {
    for (const target of [
      { kind: "folder", path: join(allowed, `forged-${mode.existing}-${mode.owners}`) },
      { kind: "restore-folder" },
    ] as const) {
      const { jobId, end } = await restore(forged, { target, ...mode });
      expect(end.state).toBe("warned");
      untouched();
      const top = target.kind === "folder" ? target.path : join(lab.dir, "restored", jobId);
      expect(readFileSync(join(top, "good"), "utf8")).toBe("evil");
      const devices = execFileSync("find", [top, "-type", "b", "-o", "-type", "c"]).toString();
      expect(devices).toBe("");
      // Once more, into what the first one made: its links are there before borg begins.
      await restore(forged, { target, ...mode });
      untouched();
    }
  },
);

it.each(sampled(MODES, 1))(
  "no link of a local user leads it away ($existing, owners $owners)",
  { timeout: 300_000 },
  async (mode) => {
    const source = join(lab.folder, `home-${mode.existing}-${mode.owners}`);
    mkdirSync(join(source, "docs/deep"), { recursive: true });
    writeFileSync(join(source, "docs/secret"), "of the user");
    writeFileSync(join(source, "docs/deep/file"), "of the user");
    lab.server.orders.push(lab.backupOrder(`b${++jobs}`, [source]));
    const made = await lab.server.end(`b${jobs}`);
    if (made.result?.kind !== "backup" || !made.result.archive) throw new Error(JSON.stringify(made));
    const { borgId, name } = made.result.archive;
    const stored = (path: string) => Buffer.from(join(source, path).slice(1)).toString("base64");
    const path = join(allowed, `links-${mode.existing}-${mode.owners}`);
    for (const target of [{ kind: "original" }, { kind: "folder", path }] as const) {
      const top = target.kind === "original" ? source : join(path, source);
      // One file alone: the folder above it is not in the order, so nothing replaces the link first.
      for (const paths of [[stored("docs/secret")], []]) {
        rmSync(top, { recursive: true, force: true });
        mkdirSync(top, { recursive: true });
        symlinkSync(victim, join(top, "docs"));
        await restore({ borgId, name }, { target, paths, ...mode });
        untouched();
      }
    }
  },
);

it("a folder that becomes a link while it is restored into leads nowhere", { timeout: 300_000 }, async () => {
  const source = join(lab.folder, "swapped");
  mkdirSync(source);
  for (let n = 0; n < 400; n++) writeFileSync(join(source, `file ${n}`), Buffer.alloc(50_000, n));
  lab.server.orders.push(lab.backupOrder("swap", [source]));
  const made = await lab.server.end("swap");
  if (made.result?.kind !== "backup" || !made.result.archive) throw new Error(JSON.stringify(made));
  const { borgId, name } = made.result.archive;
  for (const existing of sampled(["overwrite", "keep-both", "only-missing"] as const, 1)) {
    const path = join(allowed, `swap-${existing}`);
    const inner = join(path, source);
    mkdirSync(inner, { recursive: true });
    lab.server.orders.push(
      lab.restoreOrder(`s${++jobs}`, { borgId, name }, { target: { kind: "folder", path }, existing }),
    );
    const jobId = `s${jobs}`;
    // A process of its own: the server of this test has to answer meanwhile.
    const swapping = spawn("python3", ["-c", SWAP, inner, victim], { stdio: "ignore" });
    await lab.server.end(jobId, 200);
    swapping.kill("SIGKILL");
    untouched();
    for (const left of [inner, `${inner}.aside`]) rmSync(left, { recursive: true, force: true });
  }
});

/** Exchanges a folder and a link for a while, as a user who owns what is above it can. */
const SWAP = `
import os, sys, time
inner, victim = sys.argv[1:]
while True:
    try:
        os.rename(inner, inner + ".aside"); os.symlink(victim, inner); time.sleep(0.0005)
        os.unlink(inner); os.rename(inner + ".aside", inner)
    except OSError:
        time.sleep(0.001)
        if os.path.islink(inner): os.unlink(inner)
        if not os.path.lexists(inner) and os.path.isdir(inner + ".aside"): os.rename(inner + ".aside", inner)
`;

/** An archive that a machine never makes: names below links, hard links and links to the outside, devices, a way out through a process. */
const FORGE = `
import io, sys, tarfile
tar = tarfile.open(sys.argv[1], "w")
def link(name, to, kind=tarfile.SYMTYPE):
    entry = tarfile.TarInfo(name); entry.type = kind; entry.linkname = to; tar.addfile(entry)
def file(name):
    entry = tarfile.TarInfo(name); entry.size = 4; tar.addfile(entry, io.BytesIO(b"evil"))
def device(name, kind, major, minor):
    entry = tarfile.TarInfo(name); entry.type = kind; entry.mode = 0o666
    entry.devmajor, entry.devminor = major, minor; tar.addfile(entry)
victim = sys.argv[2]
link("x", victim); file("x/evil"); file("x/secret")
link("y", "/proc/1/root" + victim); file("y/evil-by-proc")
link("up", "../" * 20 + victim[1:]); file("up/evil-by-dots")
file("a/../../../../victim/evil-by-dots")
link("hard", victim[1:] + "/secret", tarfile.LNKTYPE)
link("hard-up", "../" * 20 + victim[1:] + "/secret", tarfile.LNKTYPE)
device("disk", tarfile.BLKTYPE, 8, 0); device("memory", tarfile.CHRTYPE, 1, 1)
file("good")
tar.close()
`;
