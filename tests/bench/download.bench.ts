import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { archiveOf, backUp, makePlan, makeRepository } from "../support/backup-story";
import { startClientMachine } from "../support/client-machine";
import { type RealStack, startRealStack } from "../support/real-stack";
import { takeDownload } from "../support/take-download";
import type { Figure } from "./figure";

const FILE_BYTES = 1_000_000_000;
const PIECE_BYTES = 10_000_000;
const SMALL_FILES = 5_000;
const SAMPLE_MS = 50;
const MEGABYTE = 1_000_000;

/** Memory of web and worker together while 1 GB and many small files stream through them, and how fast that is. */
export async function bench(): Promise<Figure[]> {
  const source = mkdtempSync(join(tmpdir(), "bbs-download-"));
  makeFiles(source);
  const stack = await startRealStack();
  const machine = await startClientMachine(stack);
  try {
    const repositoryId = await makeRepository(stack.bbs, machine.clientId);
    const planId = await makePlan(stack.bbs, {
      ...{ clientId: machine.clientId, repositoryId, sources: [source] },
    });
    const { id } = await backUp(stack.bbs, planId, 900);
    const archive = await archiveOf(stack.bbs, id);
    const inArchive = (name: string) => Buffer.from(`${source.slice(1)}/${name}`).toString("base64");
    const figures: Figure[] = [];
    for (const [name, format, of] of [
      ["large", "file", "one file of 1 GB"],
      ["large", "zip", "a zip of 1 GB"],
      ["large", "tar.zst", "a tar.zst of 1 GB"],
      ["small", "zip", `a zip of ${SMALL_FILES} small files`],
    ] as const) {
      const { url } = await stack.bbs.downloads.prepare.mutate({
        ...{ archiveId: archive.id, paths: [inArchive(name)], format },
      });
      figures.push(...(await measure(stack, url, of)));
    }
    return figures;
  } finally {
    await machine.stop();
    await stack.stop();
    rmSync(source, { recursive: true, force: true });
  }
}

async function measure(stack: RealStack, url: string, of: string): Promise<Figure[]> {
  const before = memoryOf(stack);
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, memoryOf(stack));
  }, SAMPLE_MS);
  const began = performance.now();
  const { whole, bytes } = await takeDownload(stack, url).taken;
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampling);
  if (!whole) throw new Error(`${of} broke off after ${bytes} bytes`);
  const megabytes = (value: number) => Math.round(value / MEGABYTE);
  return [
    {
      ...{ name: `memory that ${of} holds in web and worker together`, unit: "MB", bar: 150 },
      value: (most - before) / MEGABYTE,
      how: `most of resident memory, ${megabytes(most)} MB, less that of before, ${megabytes(before)} MB; every ${SAMPLE_MS} ms`,
    },
    {
      ...{ name: `rate of ${of}`, unit: "MB/s", bar: null, value: bytes / MEGABYTE / seconds },
      how: `${megabytes(bytes)} MB in ${seconds.toFixed(1)} s over TLS on this machine, from the request to its end`,
    },
  ];
}

/** Resident bytes of both programs. */
function memoryOf(stack: RealStack): number {
  const pids = [...stack.pids("web"), ...stack.pids("worker")];
  return pids.reduce((sum, pid) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return sum + Number(kilobytes ?? 0) * 1024;
  }, 0);
}

function makeFiles(source: string): void {
  for (let written = 0; written < FILE_BYTES; written += PIECE_BYTES) {
    appendFileSync(join(source, "large"), randomBytes(PIECE_BYTES));
  }
  mkdirSync(join(source, "small"));
  for (let n = 0; n < SMALL_FILES; n++) {
    writeFileSync(join(source, "small", `file-${n}.txt`), `${n} `.repeat(n % 3000));
  }
}
