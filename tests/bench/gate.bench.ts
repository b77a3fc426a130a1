import { randomFillSync } from "node:crypto";
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { serveArguments } from "~/gate/serve";
import { runProgram } from "../support/run-program";
import { makeKey, type TestClient, type TestRepository } from "../support/storage-client";
import { type StorageNode, startStorageNode } from "../support/storage-node";
import { until } from "../support/until";
import { type Figure, median } from "./figure";

const MB = 1e6;
/** What the machine can take in the time one has: `BBS_BENCH_GATE_MB` makes it smaller. */
const LARGE_MB = Number(process.env.BBS_BENCH_GATE_MB ?? 4000);
const SMALL_FILES = LARGE_MB * 10;
const ROUNDS = 3;

/** Throughput 0.95 of bare `borg serve` is so many times its seconds. */
const MOST_TIMES = 1 / 0.95;

/** Of a backup of a minute or more; ours is shorter, so the same share is harder to keep. */
const MOST_AUDIT_SHARE = 0.01;
const MOST_LIST_SECONDS = 2;

type Way = "gate" | "bare";
type Audit = { scanSeconds: number; listSeconds: number };

/** Seconds of `borg create` through the gate against the same command to a bare `borg serve --append-only` behind the same sshd. */
export async function bench(): Promise<Figure[]> {
  const node = await startStorageNode();
  try {
    const client = await node.addClient();
    const bareKey = join(client.folder, "bare-key");
    const publicKey = makeKey(bareKey);
    const large = join(client.folder, "large");
    const small = join(client.folder, "small");
    writeLarge(large);
    writeSmall(small);
    const compare = async (name: string, source: string): Promise<Figure[]> => {
      const { seconds, audits } = await measure(node, client, { bareKey, publicKey, source });
      const [gate, bare] = [median(seconds.gate), median(seconds.bare)];
      const scan = median(audits.map((audit) => audit.scanSeconds));
      const list = median(audits.map((audit) => audit.listSeconds));
      const through = {
        name,
        value: gate / bare,
        unit: "times the seconds",
        bar: MOST_TIMES,
        how: `${gate.toFixed(2)} s against ${bare.toFixed(2)} s to bare borg serve over the same sshd (throughput ${(bare / gate).toFixed(3)}), ${ROUNDS} rounds in turn, medians`,
      };
      const how = `medians of the ${audits.length} audits after them`;
      return [
        through,
        {
          name: `part of the audit after it that needs no passphrase, ${name}`,
          ...{ value: scan / gate, unit: "of the backup's seconds", bar: MOST_AUDIT_SHARE },
          how: `${scan.toFixed(3)} s, ${how}`,
        },
        {
          name: `borg list in the audit after it, ${name}`,
          value: list,
          unit: "s",
          bar: MOST_LIST_SECONDS,
          how,
        },
      ];
    };
    return [
      ...(await compare(`backup of ${LARGE_MB / 1000} GB through the gate`, large)),
      ...(await compare(`backup of ${SMALL_FILES} files of 100 bytes through the gate`, small)),
    ];
  } finally {
    await node.stop();
  }
}

async function measure(
  node: StorageNode,
  client: TestClient,
  { bareKey, publicKey, source }: { bareKey: string; publicKey: string; source: string },
): Promise<{ seconds: Record<Way, number[]>; audits: Audit[] }> {
  const seconds: Record<Way, number[]> = { gate: [], bare: [] };
  const audits: Audit[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of round % 2 === 0 ? (["gate", "bare"] as const) : (["bare", "gate"] as const)) {
      // A new one each time: the first session after it was made needs no audit before it.
      const repository = await client.addRepository();
      if (way === "bare") allowBare(node, client, repository, publicKey);
      seconds[way].push(
        await backUp(node, client, repository, source, way === "bare" ? bareKey : client.keyFile),
      );
      if (way === "gate") audits.push(await auditOf(node, repository));
      // No session of it comes any more, so nobody looks at it again; the disk is needed.
      rmSync(join(repository.path, "data"), { recursive: true });
    }
  }
  return { seconds, audits };
}

/** The audit after the backup: what comes next must not run beside it. */
async function auditOf(node: StorageNode, { id }: TestRepository): Promise<Audit> {
  const find = () => node.auditor?.audits.find((audit) => audit.repositoryId === id && audit.newBytes > 0);
  await until("the backup is audited", async () => find() !== undefined, { seconds: 120 });
  const audit = find();
  if (!audit?.clean) throw new Error("the audit found the backup not clean");
  return audit;
}

/** One more key of the same account, whose forced command is what one would write without us. The first line that fits counts. */
function allowBare(node: StorageNode, client: TestClient, { path }: TestRepository, publicKey: string) {
  const file = join(node.data, "ssh/authorized_keys", client.user);
  const kept = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line && !line.includes(publicKey));
  const home = join(node.data, "home", client.id);
  const command = `/usr/bin/env -i PATH=/usr/bin:/bin HOME=${home} LANG=C.UTF-8 ${node.borg} ${serveArguments([path]).join(" ")}`;
  rmSync(file);
  appendFileSync(file, `${[...kept, `restrict,command="${command}" ${publicKey}`].join("\n")}\n`, {
    mode: 0o644,
  });
}

async function backUp(
  node: StorageNode,
  client: TestClient,
  repository: TestRepository,
  source: string,
  key: string,
): Promise<number> {
  const env = {
    BORG_BASE_DIR: join(client.folder, `base-${repository.id}`),
    BORG_RSH: client.sshCommand.map((word) => (word === client.keyFile ? key : word)).join(" "),
    BORG_PASSPHRASE: repository.passphrase,
    BORG_REPO: repository.url,
  };
  const began = performance.now();
  const made = await runProgram(node.borg, ["create", "::measured", source], { env, timeoutMs: 3_600_000 });
  const seconds = (performance.now() - began) / 1000;
  if (made.code !== 0) throw new Error(`borg create ended with ${made.code}: ${made.err}`);
  return seconds;
}

/** Neither compresses nor deduplicates. */
function writeLarge(folder: string) {
  mkdirSync(folder);
  const piece = Buffer.alloc(10 * MB);
  for (let file = 0; file * 100 < LARGE_MB; file++) {
    const open = openSync(join(folder, String(file)), "w");
    for (let at = 0; at < 10; at++) writeSync(open, randomFillSync(piece));
    closeSync(open);
  }
}

/** Each becomes an object of its own. */
function writeSmall(folder: string) {
  const bytes = Buffer.alloc(100);
  for (let file = 0; file < SMALL_FILES; file++) {
    const parent = join(folder, String(file % 100));
    if (file < 100) mkdirSync(parent, { recursive: true });
    const open = openSync(join(parent, String(file)), "w");
    writeSync(open, randomFillSync(bytes));
    closeSync(open);
  }
}
