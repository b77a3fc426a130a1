import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { callKeeper } from "~/keeper/client";
import type { KeeperInput, KeeperOutput, KeeperVerb } from "~/keeper/contract";
import type { Ctx } from "~/server/context";
import { openPool, type Pool } from "~/server/db";
import { backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { makeNetworkNamespace, type NetworkNamespace } from "../support/network-namespace";
import { type RealStack, startRealStack } from "../support/real-stack";
import { serverHome } from "../support/server-home";
import { type TestClock, testClock } from "./clock";
import { type SmallDisk, smallDisk } from "./small-disk";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Only for tests of the trash: everything may be compacted at once. */
const LOOSEST = { trashDays: 0, keepOldSealDays: 0, floorNewest: 1, floorWeeklyDays: 0 };

/** A whole server and one machine with an account and a network of its own, on which faults are tried one after the other. */
export interface FaultLab {
  stack: RealStack;
  machine: ClientMachine;
  network: NetworkNamespace;
  repositoryId: string;
  /** A few small files, backed up after each fault; some megabytes that change with {@link FaultLab.changeLarge}. */
  plans: { small: string; large: string };
  files: string;
  restored: string;
  changeLarge(): void;
  pool: Pool;
  ctx(): Ctx;
  keeper<V extends KeeperVerb>(verb: V, input: KeeperInput<V>): Promise<KeeperOutput<V>>;
  /** The server's file system; null: it has all of this machine's. */
  disk: SmallDisk | null;
  /** The clock of our programs on the server; null: this machine's. */
  clock: TestClock | null;
  stop(): Promise<void>;
}

/** Starts all of it with a few archives. `disk`, `clock`: for the faults that need them. Needs root. */
export async function startFaultLab(given: { disk?: true; clock?: true } = {}): Promise<FaultLab> {
  const disk = given.disk ? smallDisk(join(serverHome(), `faults-${process.pid}`)) : null;
  const clock = given.clock ? testClock() : null;
  const network = makeNetworkNamespace();
  const owner = addAccount();
  const script = join(ROOT, "test-results", `quick-supervisor-${process.pid}.mjs`);
  const tree = makeTree(owner);
  const undo: (() => Promise<void> | void)[] = [
    () => clock?.remove(),
    () => disk?.remove(),
    () => network.remove(),
    () => rmSync(tree.files, { recursive: true, force: true }),
    () => owner.remove(),
    () => rmSync(script, { force: true }),
  ];
  try {
    await bundleSupervisor(script);
    const stack = await startRealStack({
      address: network.serverAddress,
      supervisor: [script, ROOT, JSON.stringify(clock?.environment ?? {})],
      ...(disk ? { home: disk.folder } : {}),
    });
    undo.unshift(() => stack.stop());
    const machine = await startClientMachine(stack, {
      prefix: [
        ...network.prefix,
        ...["setpriv", `--reuid=${owner.uid}`, `--regid=${owner.gid}`, "--clear-groups"],
      ],
      owner,
      policy: { browse: true, readPaths: [tree.files] },
      launched: true,
    });
    undo.unshift(() => machine.stop());
    const socket = encodeURIComponent(join(stack.dataDir, "run/postgres"));
    const pool = openPool(`postgres://bbs_app@/bbs?host=${socket}`, { most: 3 });
    undo.unshift(() => pool.end());
    const lab: FaultLab = {
      ...{ stack, machine, network, pool, disk, clock, ...tree, restored: machine.restoreFolder },
      ...(await furnish(stack, machine, tree.files)),
      ctx: () => ({ db: pool.db, now: new Date(), actor: { kind: "worker" } }),
      keeper: (verb, input) =>
        callKeeper(verb, input, { socketPath: join(stack.dataDir, "run/keeper.sock"), timeoutMs: 30_000 }),
      stop: async () => {
        for (const step of undo) await step();
      },
    };
    return lab;
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

/** Files that belong to the machine's account, beside the agent's own folder. */
function makeTree(owner: { uid: number; gid: number }) {
  const files = mkdtempSync(join(tmpdir(), "bbs-files-"));
  const [small, large] = [join(files, "small"), join(files, "large")];
  for (const folder of [small, large]) mkdirSync(folder);
  for (let at = 0; at < 20; at++) writeFileSync(join(small, `file-${at}`), randomBytes(5000));
  const changeLarge = () => writeFileSync(join(large, "random"), randomBytes(8_000_000));
  changeLarge();
  for (const folder of [files, small, large]) chownSync(folder, owner.uid, owner.gid);
  return { files, changeLarge };
}

/** The machine's repository with its plans and a first archive. */
async function furnish({ bbs }: RealStack, { clientId }: ClientMachine, files: string) {
  const repositoryId = await makeRepository(bbs, clientId);
  const { jobId } = await bbs.vault.setRules.mutate({ repositoryId, ...LOOSEST });
  await jobEnded(bbs, jobId);
  const plan = (name: string) =>
    makePlan(bbs, { clientId, repositoryId, name, sources: [join(files, name)] });
  const plans = { small: await plan("small"), large: await plan("large") };
  const job = await backUp(bbs, plans.small);
  if (job.state !== "succeeded") throw new Error(`no backup: ${job.problem?.say ?? job.state}`);
  return { repositoryId, plans };
}

/** An account that owns nothing but its machine's folder. */
function addAccount(): { uid: number; gid: number; remove(): void } {
  const name = `bbs-faults-${process.pid}`;
  execFileSync("useradd", ["--no-create-home", "--shell", "/usr/sbin/nologin", name]);
  const number = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return {
    uid: number("-u"),
    gid: number("-g"),
    remove: () => {
      execFileSync("userdel", ["-f", name], { stdio: "ignore" });
    },
  };
}

async function bundleSupervisor(outfile: string): Promise<void> {
  mkdirSync(join(ROOT, "test-results"), { recursive: true });
  await build({
    ...{ absWorkingDir: ROOT, entryPoints: ["tests/support/quick-supervisor.ts"], outfile, bundle: true },
    ...{ platform: "node", target: "node20", format: "esm", logLevel: "error" },
    external: ["@node-rs/bcrypt", "next"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}
