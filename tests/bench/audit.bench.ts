import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import { compareSealed } from "~/keeper/vault/compare-sealed";
import { KnownObjects } from "~/keeper/vault/known-objects";
import { scanSegments } from "~/keeper/vault/scan-segments";
import { lastCommit, listSegments } from "~/keeper/vault/segment-files";
import { writeSegment } from "../support/write-segment";
import { type Figure, median } from "./figure";

const ROUNDS = 5;
const LARGE = { name: "large", objects: 2_900, bytes: 2 * 1024 * 1024, perSegment: 240 };
const TINY = { name: "tiny", objects: 1_000_000, bytes: 200, perSegment: 250_000 };
const MANY = { name: "many", objects: 19_999, bytes: 200, perSegment: 1 };
const PUT_HEADER_BYTES = 41;

type Shape = typeof LARGE;

/** How fast the part of an audit is that needs no passphrase: reading what is new, comparing what is sealed. */
export async function bench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bbs-bench-audit-"));
  try {
    const large = makeRepository(folder, LARGE);
    const tiny = makeRepository(folder, TINY);
    return [...(await scanLarge(large)), ...(await scanTiny(tiny)), ...(await auditMany(folder, tiny))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function scanLarge(path: string): Promise<Figure[]> {
  const runs = await rounds(() => scanAll(path));
  return [
    {
      name: "audit scan of ordinary chunks, 15 GB",
      value: (median(runs) / (LARGE.objects * LARGE.bytes)) * 15e9,
      unit: "s of one core",
      bar: 1,
      how: `${LARGE.objects} objects of 2 MiB in segments of 500 MB, warm, median of ${ROUNDS}; ${gigabytes(LARGE, runs)}`,
    },
  ];
}

async function scanTiny(path: string): Promise<Figure[]> {
  const runs = await rounds(() => scanAll(path));
  // In a program of its own: the memory of a process does not shrink.
  const program = `import(${JSON.stringify(import.meta.url)}).then((it) => it.tellMemory(${JSON.stringify(path)}))`;
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return [
    {
      name: "audit scan of tiny objects, 1 million entries",
      value: (median(runs) / TINY.objects) * 1e6,
      unit: "s of one core",
      bar: 1,
      how: `${TINY.objects} objects of ${TINY.bytes} bytes, warm, median of ${ROUNDS}; ${gigabytes(TINY, runs)}`,
    },
    {
      name: "memory of a process that scans a million new objects",
      value: Number(ran.stdout),
      unit: "MB",
      bar: 151,
      how: "highest resident size, node itself included",
    },
  ];
}

/** Everything of an audit before the archive list: 20,000 sealed segments, a million known objects, one small new transaction. */
async function auditMany(folder: string, tiny: string): Promise<Figure[]> {
  const path = makeRepository(folder, MANY);
  const known = new KnownObjects(join(folder, "known", "list"), null);
  await known.rebuild(tiny);
  const after = await lastCommit(path);
  const sealed = { transaction: after, segments: [...(await listSegments(path)).values()], config: "" };
  const added = Array.from({ length: 50 }, () => randomFillSync(Buffer.alloc(32)));
  writeSegment(
    path,
    after + 1,
    added.map((id) => ({ tag: "put" as const, id })),
  );
  writeSegment(path, after + 2, [{ tag: "commit" }]);
  closeSync(openSync(join(path, "config"), "w"));
  const compared: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const listing = await listSegments(path);
    const evidence = await compareSealed(path, sealed, listing, `${path}-vault`);
    compared.push((performance.now() - began) / 1000);
    const through = await lastCommit(path);
    const sessions = [{ sequence: 1, before: after, after: through }];
    const scan = await scanSegments({ path, after, through, sessions, known, listing });
    whole.push((performance.now() - began) / 1000);
    if (evidence.length > 0 || scan.evidence.length > 0 || scan.newIds.length !== 50 * 32)
      throw new Error(`the scan went wrong: ${JSON.stringify([evidence, scan.evidence])}`);
  }
  return [
    {
      name: "comparison of 20,000 sealed segments",
      value: median(compared),
      unit: "s",
      bar: 0.2,
      how: `list and stat, warm, median of ${ROUNDS}`,
    },
    {
      name: "audit without the passphrase part after a small backup",
      value: median(whole),
      unit: "s",
      // 1 % of a backup of a minute.
      bar: 0.6,
      how: `20,000 sealed segments, 1 million known objects, 50 new ones, warm, median of ${ROUNDS}`,
    },
  ];
}

/** For a process that does nothing else: prints its highest resident size in MB. */
export async function tellMemory(path: string): Promise<void> {
  await scanAll(path);
  // Not maxRSS of resourceUsage: that begins with what the parent had.
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  process.stdout.write(String((Number(kilobytes) * 1024) / 1e6));
}

async function scanAll(path: string): Promise<void> {
  const through = await lastCommit(path);
  const sessions = [{ sequence: 1, before: -1, after: through }];
  const known = new KnownObjects(join(path, "known", "none"), null);
  const { evidence } = await scanSegments({ path, after: -1, through, sessions, known });
  if (evidence.length > 0) throw new Error(`the scan went wrong: ${JSON.stringify(evidence)}`);
}

/** Seconds of processor time each. The first, unmeasured one warms up. */
async function rounds(work: () => Promise<void>): Promise<number[]> {
  await work();
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
  }
  return seconds;
}

/** Objects with random ids; their contents are holes, which nobody reads. */
function makeRepository(folder: string, { name, objects, bytes, perSegment }: Shape): string {
  const path = join(folder, name);
  const size = PUT_HEADER_BYTES + bytes;
  const header = Buffer.alloc(PUT_HEADER_BYTES);
  header.writeUInt32LE(size, 4);
  let n = 0;
  for (let made = 0; made < objects; n++) {
    const count = Math.min(perSegment, objects - made);
    const file = segmentPath(path, n);
    if (n % 1000 === 0) mkdirSync(dirname(file), { recursive: true });
    const fd = openSync(file, "w");
    writeSync(fd, "BORG_SEG");
    const isTiny = bytes < 4096;
    const whole = isTiny ? Buffer.alloc(count * size) : header;
    for (let i = 0; i < count; i++) {
      randomFillSync(header, 9);
      if (isTiny) header.copy(whole, i * size);
      else writeSync(fd, header, 0, header.length, 8 + i * size);
    }
    if (isTiny) writeSync(fd, whole, 0, whole.length, 8);
    ftruncateSync(fd, 8 + count * size);
    closeSync(fd);
    made += count;
  }
  writeSegment(path, n, [{ tag: "commit" }]);
  return path;
}

function gigabytes({ objects, bytes }: Shape, seconds: readonly number[]): string {
  const [rate, entries] = [(objects * bytes) / median(seconds) / 1e9, objects / median(seconds) / 1e6];
  return `${rate.toFixed(1)} GB and ${entries.toFixed(2)} million entries per second`;
}
