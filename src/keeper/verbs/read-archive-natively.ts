import { runBorg } from "~/borg/run";
import { handOn } from "../hand-on";
import type { Verb } from "../keeper";
import { readKeyFile } from "../key-file";
import { KeeperRefuses } from "../refusal";

/** A million items take some seconds. Beyond it borg, which takes five times as long, is not asked either. */
const LIMIT_SECONDS = 2 * 3600;
/** The reader holds a few megabytes besides the longest item. */
const HEAP_MEGABYTES = 256;

/**
 * Reads an archive's items with a program of our own (reader/main.ts) instead of borg. What it reads a client wrote, so it runs as borg does on
 * our side: as `bbv-<id>`, never as root, with nothing but the passphrase; the keeper looks at nothing of what it says.
 */
export const readArchiveNatively: Verb<"read-archive-natively"> = async (keeper, input, signal, send) => {
  const { clientId, repositoryId, passphrase, borgId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const { vault } = keeper.clients.accountsOf(clientId);
  const keyFile = await readKeyFile(keeper.paths, repositoryId);
  const out = handOn(send);
  const end = await runBorg({
    command: keeper.program.node,
    args: [`--max-old-space-size=${HEAP_MEGABYTES}`, keeper.program.reader, path, borgId],
    ...(keeper.root ? { account: { uid: vault.uid, gid: vault.gid } } : {}),
    ...{ passphrase, stdin: Buffer.from(keyFile ?? "", "latin1"), signal, limitSeconds: LIMIT_SECONDS },
    onStdoutStream: out.take,
  });
  await out.bytes();
  if (end.stopped === "cancelled") throw new KeeperRefuses("cancelled", "Reading the archive was cancelled.");
  if (end.stopped === "timed-out")
    throw new KeeperRefuses("timed-out", "Reading the archive took longer than two hours.");
  if (end.exitCode === 0) return { why: null };
  const said = end.log.at(-1);
  const why = said && "message" in said ? said.message : "";
  return { why: why || `the reader ended with ${end.killedBy ?? end.exitCode}` };
};
