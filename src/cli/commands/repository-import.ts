import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { BbsError } from "~/api-client/bbs-error";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { findClient } from "../find-by-name";
import { followJob } from "../follow-job";
import { oneLine, showBytes, showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

interface ReadOptions {
  client?: string;
  clientName?: string;
  name?: string;
  keyFile?: string;
  watch?: boolean;
}

/** `bbs repository import`: for admins with a token of the scope `administer`. */
export function addImportCommands(repository: Command, session: Session): void {
  const imports = repository
    .command("import")
    .description(
      "Take in repositories that lie in an import folder of the storage node, or are unknown here.",
    );

  imports
    .command("list")
    .description("What lies there, and what is being taken in.")
    .action(async () => {
      const listing = await (await session.bbs()).repositoryImports.list.query();
      const { out } = session;
      if (out().json) return out().print(listing, "");
      out().table(
        [
          ...listing.imports.map((row) => ({
            folder: row.folder,
            location: row.location,
            stands: row.problem
              ? `${row.state}: ${row.problem}`
              : row.isBusy
                ? `${row.state} now`
                : row.state,
            bytes: row.found?.bytes ?? null,
            archives: row.found?.archiveCount ?? null,
          })),
          ...listing.candidates
            .filter(({ name }) => !listing.imports.some(({ folder }) => folder === name))
            .map((one) => ({
              folder: one.name,
              location: one.location,
              stands: one.problem ?? `not read (${one.encryption})`,
              bytes: one.bytes,
              archives: null,
            })),
          ...listing.lost.map((one) => ({
            folder: one.repositoryId,
            location: one.location,
            stands: `unknown here, of client ${one.clientName ?? one.clientId}`,
            bytes: null,
            archives: null,
          })),
        ],
        [
          ["folder", (row) => row.folder],
          ["location", (row) => row.location],
          ["size", (row) => showBytes(row.bytes)],
          ["archives", (row) => row.archives],
          ["state", (row) => row.stands],
        ],
        "Nothing. Copy a repository into the folder import of a storage location, as root of the storage node.",
      );
    });

  imports
    .command("read <folder>")
    .description(
      "Have borg read and check it; nothing is taken in. The passphrase comes from standard input, never from the command line.",
    )
    .option("--client <client>", "whose repository it shall be")
    .option("--client-name <name>", "name of the client to make again, where it is unknown as well")
    .option("--name <name>", "what the repository is called; else as the folder")
    .option("--key-file <path>", "what `borg key export` wrote, for modes with a key file")
    .option("--watch", "wait until it is read")
    .action(async (folder: string, options: ReadOptions) => {
      const bbs = await session.bbs();
      const { candidates, lost } = await bbs.repositoryImports.list.query();
      const candidate = candidates.find(({ name }) => name === folder);
      const unknown = lost.find(({ repositoryId }) => repositoryId === folder);
      if (!candidate && !unknown) throw notThere(folder);
      if (candidate && !options.client && !candidate.clientId)
        throw new UsageError("Say whose it shall be: --client <client>.");
      const made = await bbs.repositoryImports.inspect.mutate({
        of: candidate ? { candidateId: candidate.id } : { repositoryId: folder },
        clientId: options.client
          ? (await findClient(bbs, options.client)).id
          : (candidate?.clientId ?? unknown?.clientId ?? null),
        clientName: options.clientName ?? null,
        name: options.name ?? (candidate?.kind === "import" ? folder : "main"),
        passphrase: await readPassphrase(candidate?.encryption === "none"),
        key: options.keyFile === undefined ? null : await readFile(options.keyFile, "utf8"),
      });
      if (options.watch) await followJob(bbs, made.jobId, session, made);
      else session.out().print(made, `Reading ${folder} (import ${made.id}, job ${made.jobId}).`);
    });

  imports
    .command("show <folder>")
    .description("What was found in it.")
    .action(async (given: string) => {
      const row = await findImport(await session.bbs(), given);
      const { found } = row;
      const lines = [
        `${row.folder} in ${row.location}, for ${row.clientName} as ${row.name}: ${row.problem ?? row.state}`,
        ...(found
          ? [
              `${found.archiveCount} archives in ${showBytes(found.bytes)}, ${found.encryption}, borg's id ${found.borgId}`,
              ...found.archives.map(
                ({ name, startedAt }) => `  ${oneLine(name)}  ${showInstant(new Date(startedAt))} (claimed)`,
              ),
            ]
          : []),
      ];
      session.out().print(row, lines.join("\n"));
    });

  imports
    .command("adopt <folder>")
    .description("Take in what was read and found whole.")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { watch?: boolean }) => {
      const bbs = await session.bbs();
      const { id, folder } = await findImport(bbs, given);
      const { jobId } = await bbs.repositoryImports.adopt.mutate({ id });
      if (options.watch) await followJob(bbs, jobId, session, { repositoryId: id });
      else session.out().print({ jobId, repositoryId: id }, `Taking in ${folder} (job ${jobId}).`);
    });

  imports
    .command("leave <folder>")
    .description("Do not take it in: the folder stays where it is.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id, folder } = await findImport(bbs, given);
      await bbs.repositoryImports.discard.mutate({ id });
      session.out().print({ id }, `${folder} stays where it lies.`);
    });
}

async function findImport(bbs: BbsClient, given: string) {
  const { imports } = await bbs.repositoryImports.list.query();
  const found = imports.find(({ id, folder }) => id === given || folder === given);
  if (!found) throw notThere(given);
  return found;
}

const notThere = (folder: string) =>
  new BbsError(
    "not-found",
    `There is no ${folder} to import. \`bbs repository import list\` shows what there is.`,
  );

/** One line of standard input, without its end. */
async function readPassphrase(isUnneeded: boolean): Promise<string> {
  if (isUnneeded) return "";
  if (process.stdin.isTTY) throw new UsageError("Give the passphrase on standard input.");
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
