import type { Command } from "commander";
import { showInstant } from "../output";
import type { Session } from "../session";
import { addTokenOptions, noteOnToken, readTokenOptions, type TokenOptions } from "../token-options";
import { UsageError } from "../usage-error";

export function addTokenCommands(program: Command, session: Session): void {
  const token = program.command("token").description("API tokens for scripts.");

  const create = token
    .command("create <name>")
    .description(
      "Make a token; it is shown once. Made with a token, it has at most that one's scopes and ends no later.",
    );
  addTokenOptions(create, "viewer").action(async (name: string, options: TokenOptions) => {
    const wanted = readTokenOptions(options, "viewer");
    const made = await (await session.bbs()).tokens.create.mutate({ name, ...wanted });
    session.out().print(made, made.token);
    session.note(noteOnToken(made));
  });

  token
    .command("list")
    .description("Your tokens.")
    .action(async () => {
      const rows = await (await session.bbs()).tokens.list.query();
      session.out().table(
        rows,
        [
          ["name", (row) => row.name],
          ["token", (row) => `${row.shown}...`],
          ["may", (row) => row.scopes.join(" ")],
          ["made", (row) => showInstant(row.createdAt)],
          ["last used", (row) => showInstant(row.lastUsedAt)],
          ["expires", (row) => (row.expiresAt ? showInstant(row.expiresAt) : "never")],
          ["revoked", (row) => showInstant(row.revokedAt)],
          ["id", (row) => row.id],
        ],
        "No tokens yet.",
      );
    });

  token
    .command("revoke <token>")
    .description("Make a token (id or name) useless at once.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const named = (await bbs.tokens.list.query()).filter(
        (row) => row.revokedAt === null && (row.id === given || row.name === given),
      );
      if (named.length > 1)
        throw new UsageError(`${named.length} tokens are named ${given}. Say which by id.`);
      const id = named[0]?.id ?? given;
      await bbs.tokens.revoke.mutate({ id });
      session.out().print({ id }, `Revoked ${given}.`);
    });
}
