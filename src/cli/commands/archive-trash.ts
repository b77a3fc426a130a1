import type { Command } from "commander";
import { askForName } from "../ask-for-name";
import { findArchive } from "../find-by-name";
import { followJob } from "../follow-job";
import type { Session } from "../session";

/** `archive remove`, `archive bring-back`, `archive protect`: what becomes of an archive. */
export function addTrashCommands(archive: Command, session: Session): void {
  const done = async (jobId: string, options: { watch?: boolean }, say: string) => {
    if (options.watch) await followJob(await session.bbs(), jobId, session);
    else session.out().print({ jobId }, `${say} (job ${jobId}).`);
  };

  archive
    .command("remove <archive>")
    .description("Move an archive to the trash. It can be brought back until it is compacted away.")
    .option("--confirm <name>", "the archive's name, instead of typing it when asked")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { confirm?: string; watch?: boolean }) => {
      const bbs = await session.bbs();
      const { id, name } = await findArchive(bbs, given);
      const typedName = await askForName(name, options.confirm, `${name} goes into the trash.`);
      const { jobId } = await bbs.archives.remove.mutate({ id, typedName });
      await done(jobId, options, `Moving ${name} to the trash`);
    });

  archive
    .command("bring-back <archive>")
    .description(
      "Take an archive out of the trash. Its plan's retention judges it again, unless it is protected.",
    )
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { watch?: boolean }) => {
      const bbs = await session.bbs();
      const { id, name } = await findArchive(bbs, given, true);
      const { jobId } = await bbs.archives.bringBack.mutate({ id });
      await done(jobId, options, `Bringing ${name} back`);
    });

  archive
    .command("protect <archive>")
    .description("Keep an archive from ever going into the trash.")
    .option("--off", "take the protection away")
    .option("--watch", "wait until it is done")
    .action(async (given: string, options: { off?: boolean; watch?: boolean }) => {
      const bbs = await session.bbs();
      const { id, name } = await findArchive(bbs, given);
      const { jobId } = await bbs.archives.protect.mutate({ id, protected: options.off !== true });
      await done(jobId, options, `${options.off ? "Taking the protection from" : "Protecting"} ${name}`);
    });
}
