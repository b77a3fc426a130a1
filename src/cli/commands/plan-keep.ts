import type { Command } from "commander";
import { keepRules } from "~/domain/keep-rules";
import type { KeepRules } from "~/domain/retention";
import { sayKeepRules } from "~/domain/retention-words";
import { findPlan } from "../find-by-name";
import { showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

/** The rules by option: `--within` counts hours, the others archives. */
const OPTIONS = {
  last: ["--last <n>", "the newest so many"],
  withinHours: ["--within <hours>", "everything of so many hours"],
  minutely: ["--minutely <n>", "the newest of so many minutes that have one"],
  hourly: ["--hourly <n>", "of so many hours"],
  daily: ["--daily <n>", "of so many days"],
  weekly: ["--weekly <n>", "of so many weeks"],
  monthly: ["--monthly <n>", "of so many months"],
  yearly: ["--yearly <n>", "of so many years"],
  neverFewerThan: [
    "--never-fewer-than <n>",
    "however old: where the rules keep fewer, the newest of the others",
  ],
} as const satisfies Record<keyof KeepRules, readonly [string, string]>;
const RULES = Object.keys(OPTIONS) as (keyof KeepRules)[];

/** `plan keep`: how long a plan's archives are kept. */
export function addKeepCommand(plan: Command, session: Session): void {
  const command = plan
    .command("keep <plan>")
    .description(
      "Set how long a plan's archives are kept. What no rule keeps goes into the trash after the next backup. Rules that are not given are off.",
    )
    .option("--everything", "keep everything, for ever")
    .option("--dry-run", "show what would go and what stays, and change nothing");
  for (const [flag, what] of Object.values(OPTIONS)) command.option(flag, what);

  command.action(async (given: string, options: Record<string, string | boolean | undefined>) => {
    const keep = rulesOf(options);
    const bbs = await session.bbs();
    const { id: planId } = await findPlan(bbs, given);
    if (options.dryRun) {
      const { marks } = await bbs.plans.previewKeep.query({ planId, keep });
      session.out().table(
        marks,
        [
          ["archive", (row) => row.name],
          ["seen", (row) => showInstant(row.observedAt)],
          ["", (row) => (row.keep ? "stays" : "goes")],
          ["because", (row) => row.reasons.join("; ")],
        ],
        "The plan has no archives yet.",
      );
      return;
    }
    const { name, repositoryId, sources, excludes, compression, oneFileSystem, excludeCaches } =
      await bbs.plans.get.query({ id: planId });
    await bbs.plans.update.mutate({
      ...{
        id: planId,
        name,
        repositoryId,
        sources,
        excludes,
        compression,
        oneFileSystem,
        excludeCaches,
        keep,
      },
    });
    session.out().print({ id: planId, keep }, `${name} keeps ${sayKeepRules(keep)}.`);
  });
}

function rulesOf(options: Record<string, string | boolean | undefined>): KeepRules | null {
  const given = RULES.filter((rule) => options[optionOf(rule)] !== undefined);
  if (options.everything && given.length > 0) throw new UsageError("Either --everything or rules.");
  if (options.everything) return null;
  if (given.length === 0)
    throw new UsageError("Say what to keep, for example --daily 7 --weekly 4, or --everything.");
  const asked = Object.fromEntries(RULES.map((rule) => [rule, Number(options[optionOf(rule)] ?? 0)]));
  const parsed = keepRules.safeParse(asked);
  if (!parsed.success) throw new UsageError("Each rule is a whole number, at most 10000.");
  return parsed.data;
}

function optionOf(rule: keyof KeepRules): string {
  return rule === "withinHours" ? "within" : rule;
}
