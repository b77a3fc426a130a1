import type { Command } from "commander";
import { showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

export function addTokenCommands(program: Command, session: Session): void {
  const token = program.command("token").description("API tokens for scripts.");

  token
    .command("create <name>")
    .description("Make a token; it is shown once.")
    .option("--expires-in-days <days>", "when it stops working; without this it never does")
    .action(async (name: string, options: { expiresInDays?: string }) => {
      const days = options.expiresInDays === undefined ? null : Number(options.expiresInDays);
      if (days !== null && !(Number.isInteger(days) && days > 0))
        throw new UsageError("--expires-in-days must be a whole number of days, at least 1.");
      const made = await (await session.bbs()).tokens.create.mutate({ name, expiresInDays: days });
      session.out().print(made, made.token);
      session.note("This token is shown once. Keep it like a password.");
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
