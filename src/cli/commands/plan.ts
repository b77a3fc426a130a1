import type { Command } from "commander";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { offeredTemplates } from "~/domain/offered-templates";
import { EMPTY_PLAN } from "~/domain/plan-draft";
import { applySettings, type PlanSettings } from "~/domain/plan-parts";
import { allOf, findClient, findPlan, repositoryOf } from "../find-by-name";
import { followJob } from "../follow-job";
import { showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";
import { addKeepCommand } from "./plan-keep";
import { addMorePlanCommands, ownZone } from "./plan-more";

/** What a template by name or key sets. */
async function findTemplate(bbs: BbsClient, given: string): Promise<PlanSettings> {
  const offered = offeredTemplates(await bbs.planProfiles.list.query({ kind: "template" }), ownZone());
  const wanted = given.toLowerCase();
  const found = offered.find(({ key, name }) => key === given || name.toLowerCase() === wanted);
  if (found) return found.settings;
  throw new UsageError(`There is no template ${given}. \`bbs plan templates\` shows what there is.`);
}

interface CreateOptions {
  client: string;
  repository?: string;
  source: string[];
  exclude: string[];
  compression?: string;
  template?: string;
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
    .option("--compression <how>", "in borg's notation, e.g. lz4 or zstd,6; left out: zstd,3")
    .option("--template <name>", "begin with a template; what is said beside it stands above it")
    .option("--one-file-system", "stay on the file system of each source")
    .option("--exclude-caches", "leave out directories with a CACHEDIR.TAG")
    .action(async (name: string, options: CreateOptions) => {
      const bbs = await session.bbs();
      const client = await findClient(bbs, options.client);
      const begun = options.template ? await findTemplate(bbs, options.template) : {};
      const {
        clientId,
        repositoryId: _,
        ...plan
      } = applySettings({ ...EMPTY_PLAN, clientId: client.id }, begun);
      const sources = options.source.length > 0 ? options.source : plan.sources;
      if (sources.length === 0) throw new UsageError("Say what to back up: --source /some/directory.");
      const { id } = await bbs.plans.create.mutate({
        ...plan,
        ...{ clientId, name, sources, excludes: [...new Set([...plan.excludes, ...options.exclude])] },
        repositoryId: await repositoryOf(bbs, options.repository, client),
        compression: options.compression ?? plan.compression,
        oneFileSystem: options.oneFileSystem === true || (begun.oneFileSystem ?? false),
        excludeCaches: options.excludeCaches === true || (begun.excludeCaches ?? false),
      });
      session.out().print({ id }, `Made plan ${name} (${id}). \`bbs plan run ${name}\` backs up now.`);
    });

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
  addMorePlanCommands(plan, session);
}
