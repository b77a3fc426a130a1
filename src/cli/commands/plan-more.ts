import type { Command } from "commander";
import { offeredTemplates } from "~/domain/offered-templates";
import { PLAN_PARTS, partsOf } from "~/domain/plan-parts";
import { findClient, findPlan, repositoryOf } from "../find-by-name";
import type { Session } from "../session";

/** `plan duplicate`, `pause`, `resume` and `templates`. */
export function addMorePlanCommands(plan: Command, session: Session): void {
  plan
    .command("duplicate <plan>")
    .description("Make a copy of a plan, for the same client or another. Nothing starts by it.")
    .requiredOption("--name <name>", "what the copy is called")
    .option("--client <client>", "whose files; left out: the same client")
    .option("--repository <repository>", "where to; may be left out if the client has only one")
    .option("--without-schedule", "the copy runs only when somebody asks")
    .action(async (given: string, options: DuplicateOptions) => {
      const bbs = await session.bbs();
      const from = await findPlan(bbs, given);
      const client = options.client
        ? await findClient(bbs, options.client)
        : { id: from.clientId, name: from.clientName };
      const { id, leftOut } = await bbs.plans.duplicate.mutate({
        id: from.id,
        clientId: client.id,
        repositoryId: await repositoryOf(bbs, options.repository, client),
        name: options.name,
        withSchedule: options.withoutSchedule !== true,
      });
      const without =
        leftOut.length > 0
          ? ` Without ${leftOut.join(", ")}: their passwords are sealed to ${from.clientName}.`
          : "";
      session.out().print({ id, leftOut }, `Made plan ${options.name} (${id}).${without}`);
    });

  plan
    .command("pause <plan>")
    .description("Let a plan not run by itself until it is resumed.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id, name } = await findPlan(bbs, given);
      await bbs.schedules.pause.mutate({ planId: id });
      session.out().print({ id, paused: true }, `${name} is paused.`);
    });

  plan
    .command("resume <plan>")
    .description("Let a paused plan run by itself again, from its next time on.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id, name } = await findPlan(bbs, given);
      await bbs.schedules.resume.mutate({ planId: id });
      session.out().print({ id, paused: false }, `${name} runs by itself again.`);
    });

  plan
    .command("templates")
    .description("What a new plan can begin with: `plan create --template <name>`.")
    .action(async () => {
      const bbs = await session.bbs();
      const rows = await bbs.planProfiles.list.query({ kind: "template" });
      session.out().table(
        offeredTemplates(rows, ownZone()).map(({ key, name, hint, settings }) => ({
          key,
          name,
          hint,
          settings,
        })),
        [
          ["name", (row) => row.name],
          [
            "sets",
            (row) =>
              partsOf(row.settings)
                .map((part) => PLAN_PARTS[part].label.toLowerCase())
                .join(", "),
          ],
          ["key", (row) => row.key],
        ],
        "There are no templates.",
      );
    });
}

interface DuplicateOptions {
  name: string;
  client?: string;
  repository?: string;
  withoutSchedule?: boolean;
}

/** The zone of whoever types the command: the times of a template are those of their wall clock. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
