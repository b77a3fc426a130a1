import { AgentProblem } from "../agent-problem";

/** Bytes of paths given to one borg. Below the limit for arguments on Linux (2 MB) and macOS (1 MB) with room for the rest. */
const BYTES_PER_BATCH = 400_000;

/**
 * The selected paths as bytes, without those that another one already covers, in batches that fit on a command line. An empty
 * selection is one empty batch: everything. Refuses paths that could leave the target.
 */
export function selectionBatches(encoded: readonly string[]): Buffer[][] {
  const paths = encoded.map((text) => decode(text)).sort(Buffer.compare);
  const batches: Buffer[][] = [];
  let room = 0;
  for (const path of withoutCovered(paths)) {
    const current = batches.at(-1);
    if (current && path.length <= room) {
      current.push(path);
      room -= path.length + 4;
    } else {
      batches.push([path]);
      room = BYTES_PER_BATCH - path.length - 4;
    }
  }
  return batches.length === 0 ? [[]] : batches;
}

/** What `xargs -0` reads: each path as a borg prefix pattern, so that a leading dash or a wildcard in a name means itself. */
export function xargsInput(batch: readonly Buffer[]): Buffer {
  return Buffer.concat(batch.flatMap((path) => [Buffer.from("pp:"), path, Buffer.from([0])]));
}

function decode(text: string): Buffer {
  let path = Buffer.from(text, "base64");
  while (path.length > 1 && path.at(-1) === 0x2f) path = path.subarray(0, -1);
  const parts = path.toString("latin1").split("/");
  if (
    path.length === 0 ||
    path.includes(0) ||
    parts.some((part) => part === "" || part === "." || part === "..")
  ) {
    throw new AgentProblem("agent-fault", "The order names a path that is not one of an archive.");
  }
  return path;
}

function withoutCovered(paths: readonly Buffer[]): Buffer[] {
  const covering = new Set<string>();
  const kept: Buffer[] = [];
  for (const path of paths) {
    const text = path.toString("latin1");
    const parts = text.split("/");
    const covered = parts.some((_, i) => covering.has(parts.slice(0, i + 1).join("/")));
    if (covered) continue;
    covering.add(text);
    kept.push(path);
  }
  return kept;
}
