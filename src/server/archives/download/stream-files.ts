import { eq } from "drizzle-orm";
import { CalledOff } from "~/domain/called-off";
import type { DownloadFormat } from "~/domain/download";
import type { JobPayloadOf } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import type { KeeperInput } from "~/keeper/contract";
import type { Ctx } from "../../context";
import { archiveLedger } from "../../db/schema/vault";
import { type Keeper, KeeperProblem } from "../../keeper-port";
import { openPassphrase } from "../../repositories/passphrase";
import type { RepositoryIds } from "../../vault/copy-ledger";
import { piecesOf } from "../catalog/pieces-of";
import { archiveMissing } from "../get-archive";
import { type Outlet, openOutlet } from "./open-outlet";
import { readTar } from "./read-tar";
import { sendOneFile } from "./send-one-file";
import { sendTarZst } from "./send-tar-zst";
import { sendZip } from "./send-zip";
import { takeDelivery } from "./take-delivery";

export interface Streamed {
  format: DownloadFormat;
  /** Of the files, unpacked; of a tar.zst those of the tar. */
  bytes: number;
  /** Absent where they were not counted. */
  files?: number;
  leftOut?: number;
  /** What borg remarked on. */
  warnings: string[];
}

/**
 * Brings files out of an archive to the browser that waits for them, through the web replica that its request stands at. Nothing touches a
 * disk. May be begun a second time after a crash, and then only says so: the way to the browser is good for once. A browser that goes away
 * ends borg and throws CalledOff; whatever else goes wrong breaks the download off, so that no part is taken for the whole.
 */
export async function streamFiles(
  ctx: Ctx,
  keeper: Keeper,
  given: RepositoryIds & { payload: JobPayloadOf<"stream-files"> },
): Promise<Streamed> {
  const { clientId, repositoryId, payload } = given;
  const { format, paths, ...delivery } = await takeDelivery(ctx, payload);
  const outlet = await openOutlet(delivery);
  const wrong: unknown[] = [];
  const breakOff = (problem: unknown) => {
    // What fails because nobody takes it any more is no failure.
    if (!outlet.closed.aborted) wrong.push(problem);
    outlet.fail(wordsOf(problem));
  };
  try {
    const archiveName = await livingName(ctx, payload.archiveId);
    const passphrase = await openPassphrase(ctx, repositoryId);
    const source = { clientId, repositoryId, passphrase, archiveName };
    const warnings: string[] = [];
    const open = (wanted: readonly string[], isRest = false) =>
      tarOf(keeper, outlet.closed, { ...source, paths: [...wanted] }, breakOff, (end) => {
        warnings.push(...end.warnings);
        if (end.unmatched > 0 && !isRest) throw notAll(end.unmatched);
      });
    const sent = await send(format, paths, open, outlet);
    await outlet.finish();
    return { format, ...sent, warnings: warnings.slice(0, 20) };
  } catch (problem) {
    breakOff(problem);
    throw wrong.length === 0 ? closedByOther() : asFinal(wrong[0]);
  }
}

function send(
  format: DownloadFormat,
  paths: readonly string[],
  open: (wanted: readonly string[], isRest?: boolean) => AsyncIterable<Buffer>,
  outlet: Outlet,
) {
  switch (format) {
    case "file":
    case "preview":
      return sendOneFile(readTar(open(paths)), outlet, { preview: format === "preview" });
    case "tar.zst":
      return sendTarZst(open(paths), outlet);
    case "zip":
      return sendZip((further) => (further ? inBatches(further, open) : readTar(open(paths))), outlet);
  }
}

/** As many paths as the keeper takes at once. */
async function* inBatches(
  paths: readonly Buffer[],
  open: (wanted: readonly string[], isRest: boolean) => AsyncIterable<Buffer>,
) {
  let batch: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (batch.length >= MOST_PATHS_A_CALL || bytes + path.length > MOST_BYTES_A_CALL) {
      yield* readTar(open(batch, true));
      batch = [];
      bytes = 0;
    }
    batch.push(path.toString("base64"));
    bytes += path.length;
  }
  if (batch.length > 0) yield* readTar(open(batch, true));
}

const MOST_PATHS_A_CALL = 1000;
const MOST_BYTES_A_CALL = 200_000;

/** borg's tar as it comes. Ends with borg; leaving it early, or a browser that has gone, ends borg. */
async function* tarOf(
  keeper: Keeper,
  closed: AbortSignal,
  input: KeeperInput<"stream-tar">,
  breakOff: (problem: unknown) => void,
  atEnd: (end: { unmatched: number; warnings: string[] }) => void,
) {
  yield* piecesOf<Buffer>(async (take) => {
    try {
      atEnd(await keeper.call("stream-tar", input, take, closed));
    } catch (problem) {
      // Who waits until the browser takes more would not hear of it.
      breakOff(problem);
      throw problem;
    }
  });
}

/** The archive's name today, so that none is read that was given up meanwhile. */
async function livingName(ctx: Ctx, archiveId: string): Promise<string> {
  const [archive] = await ctx.db
    .select({ name: archiveLedger.name, removedAt: archiveLedger.removedAt })
    .from(archiveLedger)
    .where(eq(archiveLedger.id, archiveId));
  if (!archive || archive.removedAt !== null) throw archiveMissing();
  return archive.name;
}

/** What the person learns who waits; a fault's words are for our log. */
function wordsOf(problem: unknown): Pick<Refusal, "code" | "say"> {
  if (problem instanceof Refusal) return problem;
  if (problem instanceof KeeperProblem) {
    const code = problem.code === "archive-missing" ? "archive-missing" : "storage-unavailable";
    return { code, say: problem.say };
  }
  return { code: "storage-unavailable", say: "The storage node could not read it. Its log says why." };
}

/** Nobody waits for another try, so what passes by itself is an end too. */
function asFinal(problem: unknown): unknown {
  if (!(problem instanceof KeeperProblem) || !problem.passes) return problem;
  return new Refusal("storage-unavailable", { say: problem.say, cause: problem });
}

function closedByOther(): CalledOff {
  return new CalledOff("The download was closed before all of it had gone out.");
}

function notAll(unmatched: number): Refusal {
  const some = unmatched === 1 ? "One of the paths is" : `${unmatched} of the paths are`;
  return new Refusal("archive-missing", { say: `${some} not in the archive. Select again.` });
}
