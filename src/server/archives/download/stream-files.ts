import { eq } from "drizzle-orm";
import { type TarSink, tarReader } from "~/borg/tar-reader";
import { CalledOff } from "~/domain/called-off";
import { type DownloadFormat, MOST_DOWNLOAD_PATH_BYTES, MOST_DOWNLOAD_PATHS } from "~/domain/download";
import type { JobPayloadOf } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../../context";
import { archiveLedger } from "../../db/schema/vault";
import { type Keeper, KeeperProblem } from "../../keeper-port";
import { openPassphrase } from "../../repositories/passphrase";
import type { RepositoryIds } from "../../vault/copy-ledger";
import { archiveMissing } from "../get-archive";
import { type Outlet, openOutlet } from "./open-outlet";
import { oneFileSink } from "./send-one-file";
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
  try {
    const archiveName = await livingName(ctx, payload.archiveId);
    const passphrase = await openPassphrase(ctx, repositoryId);
    const source = { clientId, repositoryId, passphrase, archiveName };
    const warnings: string[] = [];
    const read: Read = async (wanted, take, isRest = false) => {
      const asked = { ...source, paths: [...wanted] };
      const end = await keeper.call("stream-tar", asked, take, outlet.closed);
      warnings.push(...end.warnings);
      if (end.unmatched > 0 && !isRest) throw notAll(end.unmatched);
    };
    const sent = await send(format, paths, read, outlet);
    await outlet.finish();
    return { format, ...sent, warnings: warnings.slice(0, 20) };
  } catch (problem) {
    // What fails because nobody takes it any more is no failure.
    if (outlet.closed.aborted) throw nobodyWaits();
    outlet.fail(wordsOf(problem));
    throw asFinal(problem);
  }
}

/** Reads some paths of the archive as a tar; `isRest`: what is missing of them does not count. */
type Read = (
  paths: readonly string[],
  take: (piece: Buffer) => Promise<void>,
  isRest?: boolean,
) => Promise<void>;

async function send(format: DownloadFormat, paths: readonly string[], read: Read, outlet: Outlet) {
  switch (format) {
    case "file":
    case "preview": {
      const sink = oneFileSink(outlet, { preview: format === "preview" });
      await readMembers(read, paths, sink);
      return sink.sent();
    }
    case "tar.zst":
      return sendTarZst((take) => read(paths, take), outlet);
    case "zip":
      return sendZip(async (further, sink) => {
        if (further === null) return readMembers(read, paths, sink);
        for (const batch of inBatches(further)) await readMembers(read, batch, sink, true);
      }, outlet);
  }
}

async function readMembers(
  read: Read,
  paths: readonly string[],
  sink: TarSink,
  isRest = false,
): Promise<void> {
  const reader = tarReader(sink);
  await read(paths, (piece) => reader.push(piece), isRest);
  if (!reader.ended()) throw new Error("borg's tar ended too early");
}

/** As many paths as the keeper takes at once. */
function inBatches(paths: readonly Buffer[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const path of paths) {
    if (room < path.length || (batches.at(-1)?.length ?? 0) >= MOST_DOWNLOAD_PATHS) {
      batches.push([]);
      room = MOST_DOWNLOAD_PATH_BYTES;
    }
    batches.at(-1)?.push(path.toString("base64"));
    room -= path.length + 4;
  }
  return batches;
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

function nobodyWaits(): CalledOff {
  return new CalledOff("The download was closed before all of it had gone out.");
}

function notAll(unmatched: number): Refusal {
  const some = unmatched === 1 ? "One of the paths is" : `${unmatched} of the paths are`;
  return new Refusal("archive-missing", { say: `${some} not in the archive. Select again.` });
}
