import type { Command } from "commander";
import { askForName } from "../ask-for-name";
import { findRemovedRepository, findRepository } from "../find-by-name";
import { followIf, type Watched } from "../follow-job";
import { showBytes, showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

interface Confirmed extends Watched {
  confirm?: string;
}

const CONFIRM = "the repository's name, instead of typing it when asked";

/** `repository move`, `repair`, `undo-repair`, `delete` and `undelete`. */
export function addRepositoryActs(repository: Command, session: Session): void {
  repository
    .command("move <repository>")
    .description("To another storage location of its node, by name; without --to shows where it could go.")
    .option("--to <location>", "name of the location")
    .option("--watch", "wait until it is there")
    .action(async (given: string, options: { to?: string } & Watched) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      if (options.to === undefined) {
        const { locations } = await bbs.repositories.moveOffer.query({ id });
        return session.out().table(
          locations,
          [
            ["location", (row) => row.name],
            ["free", (row) => showBytes(row.freeBytes)],
            ["", (row) => row.refusal ?? "possible"],
          ],
          "The storage node has not said where repositories may lie.",
        );
      }
      const { jobId } = await bbs.repositories.move.mutate({ id, location: options.to });
      await followIf(session, jobId, options, `Moving ${name} to ${options.to} (job ${jobId}).`);
    });

  repository
    .command("repair <repository>")
    .description(
      "borg's repair after a check found damage. The state before is kept; somebody must accept the result.",
    )
    .option("--confirm <name>", CONFIRM)
    .option("--watch", "wait for what it came to")
    .action(async (given: string, options: Confirmed) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const typedName = await askForName(
        name,
        options.confirm,
        "What the damage has destroyed is given up: files get gaps, archives may go.",
      );
      const { jobId } = await bbs.repositories.repair.mutate({ id, typedName });
      await followIf(session, jobId, options, `Repairing ${name} (job ${jobId}).`);
    });

  repository
    .command("undo-repair <repository>")
    .description("Put back the state of before a repair, to the last byte.")
    .option("--confirm <name>", CONFIRM)
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: Confirmed) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const typedName = await askForName(name, options.confirm, "What the repair made goes.");
      const { jobId } = await bbs.repositories.undoRepair.mutate({ id, typedName });
      await followIf(session, jobId, options, `Undoing the repair of ${name} (job ${jobId}).`);
    });

  repository
    .command("delete <repository>")
    .description("Take it out of the console; it is deleted for good after a grace period.")
    .option("--grace <days>", "7 to 90 days", "14")
    .option("--confirm <name>", CONFIRM)
    .action(async (given: string, options: { grace: string; confirm?: string }) => {
      const graceDays = Number(options.grace);
      if (!Number.isInteger(graceDays)) throw new UsageError("--grace must be a whole number of days.");
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const typedName = await askForName(
        name,
        options.confirm,
        `After ${graceDays} days every archive in it is deleted for good.`,
      );
      const done = await bbs.repositories.remove.mutate({ id, typedName, graceDays });
      session
        .out()
        .print(done, `${name} is removed. It can be brought back until ${showInstant(done.deleteAfter)}.`);
    });

  repository
    .command("undelete <repository>")
    .description("Bring a removed repository back before it is deleted for good.")
    .option("--watch", "wait until it takes backups again")
    .action(async (given: string, options: Watched) => {
      const bbs = await session.bbs();
      const { id, name } = await findRemovedRepository(bbs, given);
      const { jobId } = await bbs.repositories.undoRemove.mutate({ id });
      await followIf(session, jobId, options, `${name} stays (job ${jobId}).`);
    });
}
