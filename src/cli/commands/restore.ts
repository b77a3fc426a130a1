import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { EXISTING, OWNERS } from "~/domain/restore-request";
import type { RestoreTarget } from "~/protocol/v1";
import { findArchive, findClient } from "../find-by-name";
import { followJob } from "../follow-job";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

interface RestoreOptions {
  archive?: string;
  resume?: string;
  path: string[];
  pathsFrom?: string;
  to: string;
  client?: string;
  existing: (typeof EXISTING)[number];
  owners: (typeof OWNERS)[number];
  dryRun?: boolean;
  watch?: boolean;
}

export function addRestoreCommand(program: Command, session: Session): void {
  program
    .command("restore")
    .description("Bring files back, to the client they came from or to another one.")
    .option("--archive <archive>", "from which archive (id or name)")
    .option("--resume <job>", "go on with a restore that was cut off; nothing else is given then")
    .option(
      "--path <path>",
      "what to bring back; may be given several times; without it everything",
      (value, before: string[]) => [...before, value],
      [],
    )
    .option(
      "--paths-from <file>",
      "a file of paths, each ended by a zero byte (`-`: standard input), for names that are not text",
    )
    .option("--to <where>", "restore-folder, original, or a folder on the client", "restore-folder")
    .option("--client <client>", "another client that gets them (id or name)")
    .addOption(
      new Option("--existing <what>", "what happens to files that are there")
        .choices(EXISTING)
        .default("overwrite"),
    )
    .addOption(new Option("--owners <whose>", "whose the files are then").choices(OWNERS).default("keep"))
    .option("--dry-run", "only tell what would be written; the job's result says it")
    .option("--watch", "follow it to its end; fails if the restore fails")
    .action(async (options: RestoreOptions) => {
      const bbs = await session.bbs();
      if (options.resume !== undefined) {
        return tell(await bbs.restores.resume.mutate({ jobId: options.resume }), bbs, options);
      }
      if (options.archive === undefined) throw new UsageError("Say --archive, or --resume with a job.");
      const target = readTarget(options.to);
      const paths = [
        ...options.path.map((path) => Buffer.from(path)),
        ...(await pathsFrom(options.pathsFrom)),
      ];
      if (options.pathsFrom !== undefined && paths.length === 0)
        throw new UsageError(`${options.pathsFrom} names no path.`);
      const { id: archiveId } = await findArchive(bbs, options.archive);
      const encoded = paths.map((path) => withoutSlashes(path).toString("base64"));
      const to = options.client === undefined ? null : await findClient(bbs, options.client);
      const started = await bbs.restores.start.mutate({
        ...{ parts: [{ archiveId, paths: encoded }], target, dryRun: options.dryRun === true },
        ...{ existing: options.existing, owners: options.owners, ...(to ? { toClientId: to.id } : {}) },
      });
      await tell(started, bbs, options);
    });

  async function tell({ jobId }: { jobId: string }, bbs: BbsClient, options: RestoreOptions) {
    if (options.watch) await followJob(bbs, jobId, session);
    else session.out().print({ jobId }, `Restoring (job ${jobId}).`);
  }
}

function readTarget(to: string): RestoreTarget {
  if (to === "restore-folder" || to === "original") return { kind: to };
  if (to.startsWith("/")) return { kind: "folder", path: to };
  throw new UsageError(`--to must be restore-folder, original or an absolute path, not ${to}.`);
}

async function pathsFrom(file: string | undefined): Promise<Buffer[]> {
  if (file === undefined) return [];
  const bytes = file === "-" ? await readStandardInput() : await readFile(file);
  const paths: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const zero = bytes.indexOf(0, from);
    const end = zero === -1 ? bytes.length : zero;
    if (end > from) paths.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return paths;
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Archives store paths without the leading slash. */
function withoutSlashes(path: Buffer): Buffer {
  const slash = "/".charCodeAt(0);
  let [from, to] = [0, path.length];
  while (from < to && path[from] === slash) from++;
  while (to > from && path[to - 1] === slash) to--;
  return path.subarray(from, to);
}
