import type { Command } from "commander";
import { askForName } from "../ask-for-name";
import { allOf, findClient } from "../find-by-name";
import { followJob } from "../follow-job";
import { showBytes, showInstant } from "../output";
import type { Session } from "../session";
import { addClientQuota } from "./client-quota";

export function addClientCommands(program: Command, session: Session): void {
  const client = program.command("client").description("Machines that are backed up.");

  client
    .command("add <name>")
    .description("Make a client; prints the one line to paste on the machine.")
    .action(async (name: string) => {
      const made = await (await session.bbs()).clients.create.mutate({ name });
      session.out().print(made, enrolmentText(name, made.enrolment));
    });

  client
    .command("enrol <client>")
    .description("A new line to paste; the old one stops working.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id, name } = await findClient(bbs, given);
      const enrolment = await bbs.clients.newEnrolment.mutate({ id });
      session.out().print({ id, enrolment }, enrolmentText(name, enrolment));
    });

  client
    .command("list")
    .description("All clients.")
    .action(async () => {
      const bbs = await session.bbs();
      const rows = await allOf((cursor) => bbs.clients.list.query({ cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["name", (row) => row.name],
          ["state", (row) => row.state],
          ["os", (row) => row.os],
          ["borg", (row) => row.borgVersion],
          ["agent", (row) => row.agentVersion],
          ["last seen", (row) => showInstant(row.lastSeenAt)],
          ["last backup", (row) => showInstant(row.lastArchiveAt)],
          ["size", (row) => showBytes(row.sizeBytes)],
          ["id", (row) => row.id],
        ],
        "No clients yet. `bbs client add <name>` makes one.",
      );
    });

  client
    .command("show <client>")
    .description("One client: its machine, its policy and how far it has come.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id } = await findClient(bbs, given);
      const [shown, { steps }] = await Promise.all([
        bbs.clients.get.query({ id }),
        bbs.clients.checklist.query({ id }),
      ]);
      const lines = [
        `${shown.name} (${shown.id}): ${shown.state}${shown.problem ? `, ${shown.problem}` : ""}`,
        `machine: ${shown.hostname ?? "-"}, ${shown.os ?? "-"}, borg ${shown.borgVersion ?? "-"}, agent ${shown.agentVersion ?? "-"}`,
        `last seen: ${showInstant(shown.lastSeenAt)}; last archive: ${showInstant(shown.lastArchiveAt)}; size: ${showBytes(shown.sizeBytes)}`,
        `may read: ${shown.policy?.readPaths.join(", ") ?? "-"}`,
        `restores to: ${shown.policy ? [shown.policy.restoreFolder, ...shown.policy.restorePaths].join(", ") : "-"}${shown.policy?.restoreToOriginal ? ", original places" : ""}`,
        ...steps.map((step) => `${step.done ? "[x]" : "[ ]"} ${step.say}`),
      ];
      session.out().print({ ...shown, steps }, lines.join("\n"));
    });

  addClientQuota(client, session);

  client
    .command("remove <client>")
    .description("Take a client's access away. Its repositories stay.")
    .option("--confirm <name>", "the client's name, instead of typing it when asked")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { confirm?: string; watch?: boolean }) => {
      const bbs = await session.bbs();
      const { id, name } = await findClient(bbs, given);
      const consequence = `${name} will not be backed up any more; its repositories stay.`;
      const typedName = await askForName(name, options.confirm, consequence);
      const { jobId } = await bbs.clients.remove.mutate({ id, typedName });
      if (options.watch) await followJob(bbs, jobId, session);
      else session.out().print({ jobId }, `Removing ${name} (job ${jobId}).`);
    });
}

function enrolmentText(name: string, enrolment: { command: string; expiresAt: Date }): string {
  return `Paste this line on ${name}, as root, before ${showInstant(enrolment.expiresAt)}. It is shown once and works once.\n\n${enrolment.command}`;
}
