import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeeperOutput } from "../contract";
import { findEncryption } from "../imports/examine-folder";
import { readForeignConfig } from "../imports/foreign-config";
import { dropStage, makeStage } from "../imports/import-stage";
import { prepareCandidate } from "../imports/prepared-candidate";
import { checkStage, listStage } from "../imports/verify-stage";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readSealInForce, sealedFile } from "../vault/seal-record";
import { lastCommit, listSegments } from "../vault/segment-files";
import { readArchives } from "./list-archives";

type Found = KeeperOutput<"inspect-import">;
type Listed = Awaited<ReturnType<typeof readArchives>>;
type Input = { clientId: string; repositoryId: string; passphrase: string; key: string | null };

/** Archives that are told by name. */
const TOLD = 200;

export const inspectImport: Verb<"inspect-import"> = async (keeper, input, signal) => {
  const startedAt = performance.now();
  const { candidateId } = input;
  const found =
    candidateId === null
      ? await lookAtKnown(keeper, input, signal)
      : await lookAtCandidate(keeper, { ...input, candidateId }, signal);
  return { ...found, seconds: (performance.now() - startedAt) / 1000 };
};

async function lookAtCandidate(
  keeper: Keeper,
  input: Input & { candidateId: string },
  signal: AbortSignal,
): Promise<Omit<Found, "seconds">> {
  const { source, key, release } = await prepareCandidate(keeper, input);
  try {
    const stage = await makeStage(keeper, input, source, { quotaBytes: null }, signal);
    keeper.atStep("inspect:staged");
    const staged = { ...input, key, stage };
    // The passphrase first: a wrong one is told at once and not after hours of reading.
    const listed = await listStage(keeper, staged, signal);
    await checkStage(keeper, staged, signal);
    const { config, encryption, segments, uncommitted, bytes, fingerprint } = source;
    return {
      ...{ encryption, bytes, fingerprint, uncommittedSegments: uncommitted, segments: segments.length },
      ...{ borgId: config.borgId, appendOnly: config.appendOnly, quotaBytes: config.quotaBytes },
      ...tellArchives(listed),
    };
  } finally {
    await dropStage(keeper, input);
    release();
  }
}

/** One that is sealed here: what is stored is known, only the passphrase is to be shown right. */
async function lookAtKnown(
  keeper: Keeper,
  input: Input,
  signal: AbortSignal,
): Promise<Omit<Found, "seconds">> {
  const { clientId, repositoryId } = input;
  const { path, borgId, quotaBytes } = keeper.repositories.get(clientId, repositoryId);
  const listed = await readArchives(keeper, { ...input, checkpoints: false }, signal);
  const seal = await readSealInForce(keeper.paths, repositoryId);
  const configPath = seal
    ? sealedFile(keeper.paths, repositoryId, seal.transaction, "config")
    : join(path, "config");
  const config = readForeignConfig(await readFile(configPath, "latin1"));
  const through = await lastCommit(path);
  const all = [...(await listSegments(path, signal)).values()];
  const segments = all.filter(({ n }) => n <= through);
  const encryption = await findEncryption(segments);
  if (encryption === null) throw new KeeperRefuses("fault", "Its encryption cannot be told.");
  return {
    ...{ borgId, encryption, quotaBytes, appendOnly: config.appendOnly, fingerprint: "" },
    ...{ segments: segments.length, uncommittedSegments: all.length - segments.length },
    bytes: segments.reduce((sum, { size }) => sum + size, 0),
    ...tellArchives(listed),
  };
}

function tellArchives(listed: Listed) {
  const byTime = listed.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  return {
    archiveCount: byTime.length,
    archives: byTime.slice(0, TOLD).map(({ name, startedAt, hostname }) => ({ name, startedAt, hostname })),
    newestStartedAt: byTime.at(0)?.startedAt ?? null,
    oldestStartedAt: byTime.at(-1)?.startedAt ?? null,
  };
}
