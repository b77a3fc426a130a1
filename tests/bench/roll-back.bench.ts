import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Ended } from "../support/run-program";
import { type StorageNode, startStorageNode } from "../support/storage-node";
import { makeVaulted, type VaultedRepository } from "../support/vaulted-repository";
import { writeSegment } from "../support/write-segment";
import type { Figure } from "./figure";

const GIGABYTES = 2;
const SEGMENTS = 20_000;

/** Seconds from the call of `roll-back` to its answer, after an attacker on the server deleted every archive. */
export async function bench(): Promise<Figure[]> {
  const node = await startStorageNode({ audits: false });
  try {
    return [await large(node), await manySegments(node)];
  } finally {
    await node.stop();
  }
}

async function large(node: StorageNode): Promise<Figure> {
  const own = await makeVaulted(node, await node.addClient());
  const file = `/tmp/roll-back-bench-${own.repository.id}`;
  execFileSync("sh", ["-c", `head -c ${GIGABYTES * 1e9} /dev/urandom > ${file} && chmod 644 ${file}`]);
  try {
    await demand(own.asAccount(["create", "--compression", "none", "::big", file]));
  } finally {
    execFileSync("rm", ["-f", file]);
  }
  const seconds = await rolledBack(node, own, "big");
  return {
    name: `rollback of a ${GIGABYTES} GB repository`,
    ...{ value: seconds, unit: "s", bar: 5 },
    how: "all archives deleted by the client's account; hard links from the seal, archive list compared, marker written, sealed anew; data is not read back",
  };
}

async function manySegments(node: StorageNode): Promise<Figure> {
  const own = await makeVaulted(node, await node.addClient());
  await demand(own.asAccount(["create", "::one", "/etc/hostname"]));
  addSegments(own, SEGMENTS);
  const seconds = await rolledBack(node, own, "one");
  return {
    name: `rollback of a repository of ${SEGMENTS} segments`,
    ...{ value: seconds, unit: "s", bar: 30 },
    how: "segments of one object each, made for the bench; then as above",
  };
}

/** A transaction of so many segments with one small object each. */
function addSegments({ repository }: VaultedRepository, count: number) {
  const data = join(repository.path, "data");
  const numbers = readdirSync(data, { recursive: true }).map((name) => Number(String(name).split("/").at(1)));
  const last = Math.max(...numbers.filter((n) => !Number.isNaN(n)));
  for (let i = 1; i < count; i++)
    writeSegment(repository.path, last + i, [{ tag: "put", id: randomBytes(32), data: randomBytes(64) }]);
  writeSegment(repository.path, last + count, [{ tag: "commit" }]);
  // The group's number is the number of the client's account.
  const { gid } = statSync(repository.path);
  execFileSync("chown", ["-R", "--from=0", `${gid}:${gid}`, data]);
}

async function demand(ended: Promise<Ended>) {
  const { code, err } = await ended;
  if (code !== 0) throw new Error(err);
}

/** Accepts what was made past the gate, lets the attacker delete everything, and rolls back. */
async function rolledBack(node: StorageNode, own: VaultedRepository, archive: string): Promise<number> {
  await own.audit();
  await node.keeper("accept-state", own.named);
  await demand(own.asAccount(["delete", `::${archive}`]));
  const { clean } = await own.audit();
  if (clean) throw new Error("the deletion was not noticed");
  const from = performance.now();
  const done = await node.keeper("roll-back", { ...own.named, transaction: null });
  const seconds = (performance.now() - from) / 1000;
  if (done.archives !== 1) throw new Error(`${done.archives} archives are back instead of one`);
  return seconds;
}
