import type { Command } from "commander";
import { findUserByEmail } from "~/server/access/find-user-by-email";
import { resetSecondFactor } from "~/server/access/reset-second-factor";
import type { Ctx } from "~/server/context";
import type { Output } from "../output";

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

/** `bbs-admin reset-second-factor`: the way back in for an admin who has lost everything. */
export function addResetSecondFactorVerb(program: Command, work: Work): void {
  program
    .command("reset-second-factor")
    .description(
      "Take authenticator app, passkeys and recovery codes off somebody's account and end their sign-ins. The password stays. Journaled.",
    )
    .requiredOption("--email <address>", "whose second factor it is")
    .action((options: { email: string }) =>
      work(async (ctx, out) => {
        const done = await resetSecondFactor(ctx, await findUserByEmail(ctx, options.email));
        const app = done.authenticatorApp ? "an authenticator app" : "no authenticator app";
        out.print(
          done,
          `Removed from ${options.email}: ${app}, ${done.passkeys} passkeys, all recovery codes; ended ${done.endedSignIns} sign-ins. The journal tells of it.`,
        );
      }),
    );
}
