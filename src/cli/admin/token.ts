import type { Command } from "commander";
import { createToken } from "~/server/access/create-token";
import { findUserByEmail } from "~/server/access/find-user-by-email";
import type { Ctx } from "~/server/context";
import type { Output } from "../output";
import { addTokenOptions, noteOnToken, readTokenOptions, type TokenOptions } from "../token-options";

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

/** `bbs-admin token create`: a token for somebody who is not asked, e.g. for the first script of a new server. */
export function addTokenVerb(program: Command, work: Work, streams: { error(text: string): void }): void {
  const create = program
    .command("token")
    .description("API tokens.")
    .command("create <name>")
    .description("Make an API token for somebody; it is shown once. Never more than that person may.")
    .requiredOption("--email <address>", "whose token it is");
  addTokenOptions(create, "viewer").action((name: string, options: TokenOptions & { email: string }) => {
    const wanted = readTokenOptions(options, "viewer");
    return work(async (ctx, out) => {
      const owner = await findUserByEmail(ctx, options.email);
      const made = await createToken(ctx, { ...owner, name, ...wanted });
      out.print(made, made.token);
      if (!out.json) streams.error(`${noteOnToken(made)}\n`);
    });
  });
}
