import type { Command } from "commander";
import { BbsError } from "~/api-client/bbs-error";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { askForName } from "../ask-for-name";
import { allOf, findClient, findRepository } from "../find-by-name";
import { followIf, type Watched } from "../follow-job";
import { showBytes, showInstant } from "../output";
import type { Session } from "../session";
import { describeIncident, describeVault, standing } from "../show-vault";
import { UsageError } from "../usage-error";
import { addVaultRules } from "./vault-rules";

/** How many repositories are asked for at once. */
const AT_ONCE = 10;

export function addVaultCommands(program: Command, session: Session): void {
  const vault = program
    .command("vault")
    .description("Audits, seals and incidents: what keeps backups safe from the machines that made them.");
  addReading(vault, session);
  addDeciding(vault, session);
  addWork(vault, session);
  addVaultRules(vault, session);
}

function addReading(vault: Command, session: Session): void {
  vault
    .command("list")
    .description("Every repository: whether it is held, and when it was audited last.")
    .action(async () => {
      const bbs = await session.bbs();
      const repositories = await allOf((cursor) => bbs.repositories.list.query({ cursor, limit: 200 }));
      const rows = [];
      for (let from = 0; from < repositories.length; from += AT_ONCE) {
        const some = repositories.slice(from, from + AT_ONCE).map(async ({ id, name, clientName }) => ({
          ...{ id, name, clientName },
          ...(await bbs.vault.get.query({ repositoryId: id })),
        }));
        rows.push(...(await Promise.all(some)));
      }
      session.out().table(
        rows,
        [
          ["client", (row) => row.clientName],
          ["repository", (row) => row.name],
          ["state", (row) => standing(row)],
          ["audited", (row) => showInstant(row.state?.auditedAt ? new Date(row.state.auditedAt) : null)],
          ["protection", (row) => row.state?.sealKind ?? null],
          ["seals", (row) => row.state?.seals.length ?? null],
          ["in the trash", (row) => row.state?.trashed ?? null],
          ["id", (row) => row.id],
        ],
        "No repositories yet.",
      );
    });

  vault
    .command("show <repository>")
    .description("One repository: audits, seals, rules, and what keeps it from being compacted.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id, name, clientName } = await findRepository(bbs, given);
      const shown = await bbs.vault.get.query({ repositoryId: id });
      session.out().print({ id, name, clientName, ...shown }, describeVault({ name, clientName }, shown));
    });

  vault
    .command("incidents")
    .description("What was found not clean, newest first.")
    .option("--open", "only those that nobody has resolved")
    .option("--client <client>", "of this client only")
    .option("--repository <repository>", "of this repository only")
    .action(async (options: { open?: boolean; client?: string; repository?: string }) => {
      const bbs = await session.bbs();
      const filter = {
        clientId: options.client ? (await findClient(bbs, options.client)).id : undefined,
        repositoryId: options.repository ? (await findRepository(bbs, options.repository)).id : undefined,
        open: options.open ? true : undefined,
      };
      const rows = await allOf((cursor) => bbs.vault.incidents.query({ ...filter, cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["opened", (row) => showInstant(row.openedAt)],
          ["client", (row) => row.clientName],
          ["repository", (row) => row.repositoryName],
          ["state", (row) => row.resolution ?? "open"],
          ["what", (row) => row.sentence],
          ["id", (row) => row.id],
        ],
        "No incidents.",
      );
    });

  vault
    .command("incident <incident>")
    .description("One incident with its evidence, sessions and transactions.")
    .action(async (id: string) => {
      const shown = await (await session.bbs()).vault.incident.query({ id });
      session.out().print(shown, describeIncident(shown));
    });

  vault
    .command("paper-key <repository>")
    .description(
      "borg's key of the repository, to print and lock away. It is useless without the passphrase.",
    )
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id } = await findRepository(bbs, given);
      const key = await bbs.vault.paperKey.mutate({ repositoryId: id });
      session.out().print(key, key.text);
    });
}

function addDeciding(vault: Command, session: Session): void {
  vault
    .command("roll-back <repository>")
    .description("Put a held repository back to its last clean state. What is taken away is kept.")
    .option("--confirm <name>", "the repository's name, instead of typing it when asked")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { confirm?: string } & Watched) => {
      const bbs = await session.bbs();
      const incident = await openIncident(bbs, given);
      session.note(incident.sentence);
      const typedName = await askForName(
        incident.repositoryName,
        options.confirm,
        "Everything since the last clean state is taken out of the repository.",
      );
      const { jobId } = await bbs.vault.rollBack.mutate({ incidentId: incident.id, typedName });
      await followIf(session, jobId, options, `Rolling ${incident.repositoryName} back (job ${jobId}).`);
    });

  vault
    .command("accept <repository>")
    .description("Take a held repository as it is. Archives that are gone are given up.")
    .requiredOption("--reason <why>", "why this is right; it stays in the journal")
    .option("--confirm <name>", "the repository's name, instead of typing it when asked")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { reason: string; confirm?: string } & Watched) => {
      const bbs = await session.bbs();
      const incident = await openIncident(bbs, given);
      session.note(incident.sentence);
      const typedName = await askForName(
        incident.repositoryName,
        options.confirm,
        "The repository is taken as it is now; what is gone stays gone.",
      );
      const { reason } = options;
      const { jobId } = await bbs.vault.accept.mutate({ incidentId: incident.id, typedName, reason });
      await followIf(session, jobId, options, `Accepting ${incident.repositoryName} (job ${jobId}).`);
    });
}

function addWork(vault: Command, session: Session): void {
  vault
    .command("audit <repository>")
    .description("Audit now.")
    .option("--watch", "wait for what it finds")
    .action(async (given: string, options: Watched) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const { jobId } = await bbs.vault.audit.mutate({ repositoryId: id });
      await followIf(session, jobId, options, `Auditing ${name} (job ${jobId}).`);
    });

  vault
    .command("compact <repository>")
    .description("Delete for good what has been in the trash longer than the window, and free its space.")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: Watched) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const { jobId } = await bbs.vault.compact.mutate({ repositoryId: id });
      await followIf(session, jobId, options, `Compacting ${name} (job ${jobId}).`);
    });

  vault
    .command("release-old-seals <repository>")
    .description("Free the space that seals from before compactions hold; no way back past them is left.")
    .option("--confirm <name>", "the repository's name, instead of typing it when asked")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { confirm?: string } & Watched) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const { state } = await bbs.vault.get.query({ repositoryId: id });
      const bytes = (state?.seals ?? []).reduce((sum, seal) => sum + seal.extraBytes, 0);
      const consequence = `Old seals hold ${showBytes(bytes)}. After this nothing can be rolled back past a compaction.`;
      const typedName = await askForName(name, options.confirm, consequence);
      const { jobId } = await bbs.vault.releaseOldSeals.mutate({ repositoryId: id, typedName });
      await followIf(session, jobId, options, `Releasing old seals of ${name} (job ${jobId}).`);
    });
}

/** The open incident of a repository named by name or id. Refuses not-found. */
async function openIncident(bbs: BbsClient, given: string) {
  const { id, name } = await findRepository(bbs, given);
  const { items } = await bbs.vault.incidents.query({ repositoryId: id, open: true, limit: 2 });
  const [only, another] = items;
  if (another) throw new UsageError(`${name} has more than one open incident.`);
  if (!only) throw new BbsError("not-found", `${name} has no open incident. It is not held.`);
  return only;
}
