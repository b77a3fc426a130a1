import type { Command } from "commander";
import type { Ctx } from "~/server/context";
import { type JournalAnchor, verifyJournal } from "~/server/journal/verify-journal";
import type { Output } from "../output";
import { UsageError } from "../usage-error";

/** Not a refusal and not a fault: the check was done, and this is what it found. */
export class JournalBroken extends Error {
  constructor(
    readonly entryId: number,
    readonly say: string,
  ) {
    super(say);
    this.name = "JournalBroken";
  }
}

/** `bbs-admin journal verify`. */
export function addJournalVerb(
  program: Command,
  work: (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>,
): void {
  program
    .command("journal")
    .description("The journal of who did what.")
    .command("verify")
    .description(
      "Read the whole journal and check its chain. Names the first broken entry and fails; otherwise prints the hash of the newest one, to be kept elsewhere.",
    )
    .option(
      "--anchor <id:hash>",
      "also check that the chain still holds this head, as it was mailed or posted: shows missing last entries and a chain made anew",
    )
    .action(async (options: { anchor?: string }) => {
      const anchor = options.anchor === undefined ? undefined : anchorOf(options.anchor);
      await work(async (ctx, out) => {
        const verdict = await verifyJournal(ctx, { anchor });
        if (!verdict.intact) throw new JournalBroken(verdict.entryId, verdict.say);
        const { entries, headHash } = verdict;
        const anchored = anchor ? ` It holds the anchored entry ${anchor.id}.` : "";
        const words = headHash
          ? `${entries} ${entries === 1 ? "entry" : "entries"}, each follows the one before.${anchored} The newest has the hash ${headHash}.`
          : "The journal has no entries yet.";
        out.print(verdict, words);
      });
    });
}

function anchorOf(text: string): JournalAnchor {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (!id || !hash)
    throw new UsageError("Give the anchor as it was mailed: the number, a colon, 64 hex digits.");
  return { id: Number(id), hash };
}
