import type { Command } from "commander";
import { CHECK_KINDS, type CheckKind } from "~/domain/repository";
import { allOf, findRepository } from "../find-by-name";
import { followIf, type Watched } from "../follow-job";
import { showBytes, showInstant } from "../output";
import { readLimit } from "../read-size";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

/** `repository show`, `check`, `break-lock`, `quota` and `sessions`. */
export function addRepositoryCare(repository: Command, session: Session): void {
  repository
    .command("show <repository>")
    .description("One repository: where it lies, how large it is, what checks said, who writes to it.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id } = await findRepository(bbs, given);
      const shown = await bbs.repositories.get.query({ id });
      session.out().print(shown, describeRepository(shown).join("\n"));
    });

  repository
    .command("check <repository>")
    .description("Read what is stored again. quick: what no check has read yet; full: borg's own check.")
    .option("--kind <kind>", "quick or full", "quick")
    .option("--watch", "wait for what it finds")
    .action(async (given: string, options: { kind: string } & Watched) => {
      const kind = readKind(options.kind);
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const { jobId } = await bbs.repositories.check.mutate({ id, kind });
      await followIf(session, jobId, options, `Checking ${name} (job ${jobId}).`);
    });

  repository
    .command("break-lock <repository>")
    .description("Remove a lock that a dead borg left behind, with proof that nobody is in.")
    .option("--watch", "wait for what was found")
    .action(async (given: string, options: Watched) => {
      const bbs = await session.bbs();
      const { id, name } = await findRepository(bbs, given);
      const { jobId } = await bbs.repositories.breakLock.mutate({ id });
      await followIf(session, jobId, options, `Looking whether anybody is in ${name} (job ${jobId}).`);
    });

  repository
    .command("quota <repository>")
    .description("Show both quotas, or change those that are given: a size such as 500G, or none.")
    .option("--hard <size>", "above it nothing more is taken")
    .option("--soft <size>", "above it an alert is raised")
    .option("--watch", "wait until the storage node has put it into force")
    .action(async (given: string, options: { hard?: string; soft?: string } & Watched) => {
      const bbs = await session.bbs();
      const { id, name, ...now } = await findRepository(bbs, given);
      const quotaBytes = options.hard === undefined ? now.quotaBytes : readLimit(options.hard);
      const softQuotaBytes = options.soft === undefined ? now.softQuotaBytes : readLimit(options.soft);
      const words = `${name}: hard quota ${showQuota(quotaBytes)}, soft quota ${showQuota(softQuotaBytes)}.`;
      if (options.hard === undefined && options.soft === undefined)
        return session.out().print({ id, quotaBytes, softQuotaBytes }, words);
      const { jobId } = await bbs.repositories.setQuotas.mutate({ id, quotaBytes, softQuotaBytes });
      if (jobId === null) return session.out().print({ jobId, quotaBytes, softQuotaBytes }, words);
      await followIf(session, jobId, options, words);
    });

  repository
    .command("sessions <repository>")
    .description("Who came through the gate into it, newest first.")
    .option("--most <number>", "how many to show", "50")
    .action(async (given: string, options: { most: string }) => {
      const most = Number(options.most);
      if (!(Number.isInteger(most) && most > 0)) throw new UsageError("--most must be a whole number.");
      const bbs = await session.bbs();
      const { id: repositoryId } = await findRepository(bbs, given);
      const limit = Math.min(200, most);
      const rows = await allOf((cursor) => bbs.vault.sessions.query({ repositoryId, cursor, limit }), most);
      session.out().table(
        rows,
        [
          ["began", (row) => showInstant(row.startedAt)],
          ["ended", (row) => showInstant(row.endedAt)],
          ["from", (row) => row.peerAddress],
          ["what", (row) => (row.refused ? `refused: ${row.refused}` : row.writing ? "writing" : "reading")],
          ["in", (row) => showBytes(row.bytesIn)],
          ["out", (row) => showBytes(row.bytesOut)],
          ["calls refused", (row) => row.callsRefused],
        ],
        "Nobody came yet.",
      );
    });
}

function readKind(text: string): Exclude<CheckKind, "rolling"> {
  if (text === "quick" || text === "full") return text;
  throw new UsageError(`--kind is ${CHECK_KINDS.filter((kind) => kind !== "rolling").join(" or ")}.`);
}

const showQuota = (bytes: number | null) => (bytes === null ? "none" : showBytes(bytes));

function describeRepository(
  shown: Awaited<ReturnType<Awaited<ReturnType<Session["bbs"]>>["repositories"]["get"]["query"]>>,
) {
  const { coverage } = shown;
  const last = coverage?.lastCheck ?? null;
  return [
    `${shown.clientName}/${shown.name} (${shown.id})`,
    `state: ${shown.heldAt ? "quarantined" : shown.problem ? `${shown.state}: ${shown.problem}` : shown.state}`,
    `address: ${shown.url}`,
    `location: ${shown.location}`,
    `size: ${showBytes(shown.sizeBytes)}, measured ${showInstant(shown.sizedAt)}`,
    `quota: hard ${showQuota(shown.quotaBytes)}, soft ${showQuota(shown.softQuotaBytes)}`,
    `archives: ${shown.archiveCount}, the last ${showInstant(shown.lastArchiveAt)}`,
    `read again: ${coverage ? `${showBytes(coverage.coveredBytes)} of ${showBytes(coverage.totalBytes)} in time` : "not yet"}`,
    `last check: ${last ? `${last.kind}, ${showInstant(new Date(last.at))}: ${last.say}` : "none"}`,
    `plans: ${shown.plans.map(({ name }) => name).join(", ") || "none"}`,
    ...(shown.deleteAfter ? [`removed; deleted for good after ${showInstant(shown.deleteAfter)}`] : []),
  ];
}
