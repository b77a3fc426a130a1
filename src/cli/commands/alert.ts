import type { Command } from "commander";
import { allOf, findClient } from "../find-by-name";
import { showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

export function addAlertCommands(program: Command, session: Session): void {
  const alert = program.command("alert").description("What somebody should look at.");

  alert
    .command("list")
    .description("Open alerts, newest first.")
    .option("--all", "also those that are right again")
    .option("--client <client>", "of this client only")
    .option("--most <number>", "how many to show", "50")
    .action(async (options: { all?: boolean; client?: string; most: string }) => {
      const most = Number(options.most);
      if (!(Number.isInteger(most) && most > 0)) throw new UsageError("--most must be a whole number.");
      const bbs = await session.bbs();
      const clientId = options.client ? (await findClient(bbs, options.client)).id : undefined;
      const open = options.all ? undefined : true;
      const limit = Math.min(200, most);
      const rows = await allOf((cursor) => bbs.alerts.list.query({ open, clientId, cursor, limit }), most);
      session.out().table(
        rows,
        [
          ["opened", (row) => showInstant(row.openedAt)],
          ["severity", (row) => row.severity],
          ["client", (row) => row.clientName],
          ["what", (row) => row.title],
          ["state", (row) => (row.resolvedAt ? "right again" : row.acknowledgedAt ? "acknowledged" : "open")],
          ["id", (row) => row.id],
        ],
        options.all ? "No alerts." : "No open alerts.",
      );
    });

  alert
    .command("ack <alert...>")
    .description("Say that somebody looks after these: they are not told once more.")
    .action(async (ids: string[]) => {
      const done = await (await session.bbs()).alerts.acknowledge.mutate({ ids });
      session
        .out()
        .print(
          done,
          `${done.acknowledged} of ${ids.length} are acknowledged now; the others were already, or are not yours.`,
        );
    });
}
