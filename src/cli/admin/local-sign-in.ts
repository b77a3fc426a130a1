import type { Command } from "commander";
import { switchLocalSignInOn } from "~/server/access/switch-local-sign-in";
import type { Ctx } from "~/server/context";
import type { Output } from "../output";

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

/** `bbs-admin local-sign-in on`: the way back in when passwords were switched off and the provider does not answer. */
export function addLocalSignInVerb(program: Command, work: Work): void {
  program
    .command("local-sign-in")
    .description("Passwords and passkeys, where only OpenID Connect is allowed.")
    .command("on")
    .description("Let people sign in by password and passkey again.")
    .action(() =>
      work(async (ctx, out) => {
        const { wasOff } = await switchLocalSignInOn(ctx);
        out.print(
          { wasOff },
          wasOff
            ? "People can sign in by password and passkey again. The journal tells of it."
            : "Local sign-in was on already. Nothing was changed.",
        );
      }),
    );
}
