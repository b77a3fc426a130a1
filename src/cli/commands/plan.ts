import type { Command } from "commander";
import { allOf, findClient, findPlan, findRepository } from "../find-by-name";
import { followJob } from "../follow-job";
import { showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";
import { addKeepCommand } from "./plan-keep";

interface CreateOptions {
  client: string;
  repository?: string;
  source: string[];
  exclude: string[];
  compression: string;
  oneFileSystem?: boolean;
  excludeCaches?: boolean;
}

export function addPlanCommands(program: Command, session: Session): void {
  const plan = program.command("plan").description("What is backed up, and where to.");
  const many = (value: string, before: string[]) => [...before, value];

  plan
    .command("create <name>")
    .description("Make a plan.")
    .requiredOption("--client <client>", "whose files")
    .option("--repository <repository>", "where to; may be left out if the client has only one")
    .option("--source <path>", "a directory to back up; may be given several times", many, [])
    .option("--exclude <pattern>", "a borg pattern to leave out; may be given several times", many, [])
    .option("--compression <how>", "in borg's notation, e.g. lz4 or zstd,6", "zstd,3")
    .option("--one-file-system", "stay on the file system of each source")
    .option("--exclude-caches", "leave out directories with a CACHEDIR.TAG")
    .action(async (name: string, options: CreateOptions) => {
      if (options.source.length === 0) throw new UsageError("Say what to back up: --source /some/directory.");
      const bbs = await session.bbs();
      const client = await findClient(bbs, options.client);
      const { id } = await bbs.plans.create.mutate({
        clientId: client.id,
        repositoryId: await repositoryOf(options.repository, client),
        name,
        sources: options.source,
        excludes: options.exclude,
        compression: options.compression,
        oneFileSystem: options.oneFileSystem === true,
        excludeCaches: options.excludeCaches === true,
      });
      session.out().print({ id }, `Made plan ${name} (${id}). \`bbs plan run ${name}\` backs up now.`);
    });

  async function repositoryOf(given: string | undefined, client: { id: string; name: string }) {
    const bbs = await session.bbs();
    const own = await allOf((cursor) =>
      bbs.repositories.list.query({ clientId: client.id, cursor, limit: 200 }),
    );
    if (given !== undefined) {
      const named = own.find((row) => row.name.toLowerCase() === given.toLowerCase());
      return (named ?? (await findRepository(bbs, given))).id;
    }
    const [only, another] = own;
    if (only && !another) return only.id;
    throw new UsageError(
      only
        ? `${client.name} has ${own.length} repositories. Say which: --repository ${own.map((row) => row.name).join(" or ")}.`
        : `${client.name} has no repository. \`bbs repository create <name> --client ${client.name}\` makes one.`,
    );
  }

  plan
    .command("list")
    .description("All plans.")
    .option("--client <client>", "of this client only")
    .action(async (options: { client?: string }) => {
      const bbs = await session.bbs();
      const clientId = options.client ? (await findClient(bbs, options.client)).id : undefined;
      const rows = await allOf((cursor) => bbs.plans.list.query({ clientId, cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["client", (row) => row.clientName],
          ["name", (row) => row.name],
          ["repository", (row) => row.repositoryName],
          ["sources", (row) => row.sources.join(", ")],
          ["last run", (row) => row.lastRun?.state ?? null],
          ["last archive", (row) => showInstant(row.lastArchiveAt)],
          ["id", (row) => row.id],
        ],
        "No plans yet. `bbs plan create <name> --client <client> --source <path>` makes one.",
      );
    });

  plan
    .command("run <plan>")
    .description("Back up now.")
    .option("--watch", "follow it to its end; fails if the backup fails")
    .action(async (given: string, options: { watch?: boolean }) => {
      const bbs = await session.bbs();
      const { id, name } = await findPlan(bbs, given);
      const started = await bbs.plans.run.mutate({ id });
      if (options.watch) await followJob(bbs, started.jobId, session);
      else session.out().print(started, `Backing up ${name} (job ${started.jobId}).`);
    });

  addKeepCommand(plan, session);
}
