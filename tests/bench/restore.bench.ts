import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { agentFolder } from "~agent/agent-folder";
import { borgRsh } from "~agent/ssh-command";
import { type AgentLab, startAgentLab } from "../support/agent-lab";
import { type Figure, median } from "./figure";

const ROUNDS = 3;
const GIGABYTES = Number(process.env.BENCH_RESTORE_GB ?? 10);
/** Mixed as people's data is: many documents, some pictures, a few large images. Names count as little as the disk allows. */
const KINDS = [
  { share: 0.1, bytes: 20_000 },
  { share: 0.3, bytes: 2_000_000 },
  { share: 0.6, bytes: 256_000_000 },
];
const BAR = 1 / 0.95;

/**
 * Seconds of a whole restore by the agent against bare `borg extract` over the same sshd, of data that does not compress. Beside what is there
 * everything is on disk before anything is put in its place, so there the bare one is followed by a `sync` of that file system.
 */
export async function bench(): Promise<Figure[]> {
  const lab = await startAgentLab();
  const taken = {
    agent: [] as number[],
    staged: [] as number[],
    bare: [] as number[],
    synced: [] as number[],
  };
  try {
    const allowed = join(lab.folder, "allowed");
    mkdirSync(allowed);
    await lab.enrol("--restore-path", allowed);
    lab.startAgent();
    const source = join(lab.folder, "source");
    const files = await fill(source);
    lab.server.orders.push(lab.backupOrder("made", [source]));
    const made = await lab.server.end("made", 3600);
    if (made.result?.kind !== "backup" || !made.result.archive) throw new Error(JSON.stringify(made));
    const { archive } = made.result;
    rmSync(source, { recursive: true });
    const runs = {
      bare: () => bare(lab, archive.name, join(allowed, "bare"), false),
      synced: () => bare(lab, archive.name, join(allowed, "bare"), true),
      agent: (round: number) => byAgent(lab, archive, `direct${round}`, null, files),
      staged: (round: number) => byAgent(lab, archive, `staged${round}`, join(allowed, "staged"), files),
    };
    // One that is not counted, so that the first round does not pay for a cold disk alone.
    await runs.bare();
    for (let round = 0; round < ROUNDS; round++) {
      const order =
        round % 2 === 0
          ? (["agent", "bare", "synced", "staged"] as const)
          : (["staged", "synced", "bare", "agent"] as const);
      for (const who of order) taken[who].push(await runs[who](round));
    }
    const size = `${files} files, ${GIGABYTES} GB that do not compress, ${ROUNDS} rounds in turn, medians`;
    return (["agent", "staged"] as const).map((who) => {
      const plainOf = who === "agent" ? taken.bare : taken.synced;
      const [own, plain] = [median(taken[who]), median(plainOf)];
      return {
        name: `restore to disk against bare borg extract, ${who === "agent" ? "into the restore folder" : "beside what is there (both on disk at the end)"}`,
        value: own / plain,
        unit: "times",
        bar: BAR,
        how: `${own.toFixed(1)} s against ${plain.toFixed(1)} s (${((GIGABYTES * 1000) / own).toFixed(0)} MB/s); ${size}`,
      };
    });
  } finally {
    await lab.stop();
  }
}

async function fill(folder: string): Promise<number> {
  let files = 0;
  for (const { share, bytes } of KINDS) {
    for (let left = GIGABYTES * 1e9 * share; left > 0; left -= bytes) {
      const place = join(folder, String(files % 50));
      mkdirSync(place, { recursive: true });
      execFileSync("openssl", [
        "rand",
        "-out",
        join(place, `file ${files++}`),
        String(Math.min(bytes, Math.ceil(left))),
      ]);
    }
  }
  return files;
}

async function byAgent(
  lab: AgentLab,
  archive: { borgId: string; name: string },
  jobId: string,
  path: string | null,
  files: number,
): Promise<number> {
  const { borgId, name } = archive;
  const totals = { files, bytes: GIGABYTES * 1e9 };
  if (path !== null) mkdirSync(join(path, "there"), { recursive: true });
  const asked = path === null ? {} : ({ target: { kind: "folder", path }, existing: "keep-both" } as const);
  const began = performance.now();
  lab.server.orders.push(lab.restoreOrder(jobId, { borgId, name }, { ...asked, totals }));
  const end = await lab.server.end(jobId, 3600);
  const seconds = (performance.now() - began) / 1000;
  if (end.state !== "succeeded") throw new Error(JSON.stringify(end));
  rmSync(path ?? join(lab.dir, "restored", jobId), { recursive: true });
  execFileSync("sync");
  return seconds;
}

async function bare(lab: AgentLab, name: string, into: string, synced: boolean): Promise<number> {
  mkdirSync(into);
  const { repository } = lab.restoreOrder("bare", { borgId: "0".repeat(64), name });
  const { user, host, port } = repository.ssh;
  const began = performance.now();
  execFileSync(
    "borg",
    ["extract", "--sparse", "--bypass-lock", `ssh://${user}@${host}:${port}${repository.path}::${name}`],
    {
      cwd: into,
      env: Object.assign(Object.create(null), {
        ...{ PATH: process.env.PATH, LANG: "C.UTF-8", TZ: "UTC", BORG_PASSPHRASE: repository.passphrase },
        BORG_RSH: borgRsh(agentFolder(lab.dir)),
        BORG_BASE_DIR: join(lab.folder, "bare-borg"),
        BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
      }),
      stdio: "ignore",
    },
  );
  if (synced) execFileSync("sync", ["--file-system", into]);
  const seconds = (performance.now() - began) / 1000;
  rmSync(into, { recursive: true });
  execFileSync("sync");
  return seconds;
}
