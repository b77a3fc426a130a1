import type { Command } from "commander";
import { makeResetLink } from "~/server/access/make-reset-link";
import type { Ctx } from "~/server/context";
import type { Output } from "../output";

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

/** `bbs-admin reset-password`: the way back in without mail. */
export function addResetPasswordVerb(program: Command, work: Work): void {
  program
    .command("reset-password")
    .description(
      "Print a link by which somebody sets a new password: once, within the hour. Needs no mail. The second factor stays.",
    )
    .requiredOption("--email <address>", "whose password it is")
    .action((options: { email: string }) =>
      work(async (ctx, out) => {
        const link = await makeResetLink(ctx, options);
        out.print(link, `${link.url}\nIt works once and until ${link.expiresAt.toISOString()}.`);
      }),
    );
}
