import { Command, CommanderError } from "commander";
import { Refusal } from "~/domain/refusal";
import { env, fillDatabaseUrl, SettingsError } from "~/env";
import { createFirstAdmin } from "~/server/access/create-first-admin";
import { createSetupLink } from "~/server/access/create-setup-link";
import { createToken } from "~/server/access/create-token";
import { findUserByEmail } from "~/server/access/find-user-by-email";
import { isSetupNeeded } from "~/server/access/setup-state";
import { type Ctx, makeContext, pool } from "~/server/context";
import { addCatalogVerb } from "./admin/catalog";
import { addCertificateKeyVerb } from "./admin/certificate-key";
import { addJournalVerb, JournalBroken } from "./admin/journal";
import { addKeysVerbs, SecretsBroken } from "./admin/keys";
import { addLocalSignInVerb } from "./admin/local-sign-in";
import { addRecoverVerb } from "./admin/recover";
import { addReleaseVerb } from "./admin/release";
import { addResetPasswordVerb } from "./admin/reset-password";
import { addResetSecondFactorVerb } from "./admin/reset-second-factor";
import { addRestoresVerbs } from "./admin/restores";
import { addSelfBackupVerbs } from "./admin/self-backup";
import { addTokenVerb } from "./admin/token";
import { EXIT } from "./exit-code";
import { makeOutput, type Output } from "./output";
import { addAttackLabVerb } from "./record-attack-lab";
import type { Streams } from "./run-bbs";
import { addTokenOptions, readTokenOptions, type TokenOptions } from "./token-options";
import { UsageError } from "./usage-error";

export interface AdminStreams extends Streams {
  /** All of standard input without the last line break. */
  readPassword(): Promise<string>;
}

/** Runs one `bbs-admin` command line on the server itself and returns its exit code (as `bbs` does). */
export async function runBbsAdmin(given: string[], streams: AdminStreams): Promise<number> {
  const json = given.includes("--json");
  try {
    await buildProgram(streams).parseAsync(given, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const { exitCode, code, say } = explain(error);
    if (json) streams.error(`${JSON.stringify({ error: { code, say } })}\n`);
    else if (!(error instanceof CommanderError)) streams.error(`bbs-admin: ${say}\n`);
    return exitCode;
  }
}

function buildProgram(streams: AdminStreams): Command {
  const program = new Command("bbs-admin")
    .description(
      "Does what needs the server itself. All verbs open the database: with the embedded one of a server that runs as root they need root; with DATABASE_URL any account that may read it will do. The server must be running.",
    )
    .option("--json", "answer in JSON, for programs");

  /** Opens the database, does the work, closes it: also after a refusal, or the program would not end. */
  const work = async (verb: (ctx: Ctx, out: Output) => Promise<void>) => {
    fillDatabaseUrl(`postgres://bbs_app@/bbs?host=${encodeURIComponent(`${env().data}/run/postgres`)}`);
    try {
      await verb(
        makeContext({ kind: "nobody" }),
        makeOutput(program.opts<{ json?: boolean }>().json === true, streams.out),
      );
    } finally {
      await pool().end();
    }
  };

  addSetupVerbs(program, work, streams);
  addResetPasswordVerb(program, work);
  addResetSecondFactorVerb(program, work);
  addTokenVerb(program, work, streams);
  addJournalVerb(program, work);
  addKeysVerbs(program, work, streams);
  addCatalogVerb(program, work);
  addCertificateKeyVerb(program, work);
  addLocalSignInVerb(program, work);
  addReleaseVerb(program, work);
  const output = () => makeOutput(program.opts<{ json?: boolean }>().json === true, streams.out);
  addRestoresVerbs(program, output);
  addSelfBackupVerbs(program, work);
  addRecoverVerb(program, output, streams);
  addAttackLabVerb(program, streams.out);

  program
    .command("status")
    .description("Whether the database answers and whether the first admin exists.")
    .action(() =>
      work(async (ctx, out) => {
        const setupNeeded = await isSetupNeeded(ctx);
        out.print(
          { data: env().data, appUrl: env().appUrl, setupNeeded },
          `The database answers. ${setupNeeded ? "There is no admin yet: `bbs-admin setup` or `bbs-admin setup-link`." : "The first admin exists."}`,
        );
      }),
    );

  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride().configureOutput({
      writeOut: streams.out,
      writeErr: (text) => {
        if (!program.opts<{ json?: boolean }>().json) streams.error(text);
      },
    });
  return program;
}

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

function addSetupVerbs(program: Command, work: Work, streams: AdminStreams): void {
  const setup = program
    .command("setup")
    .description("Make the first admin without a browser. The password comes on standard input.")
    .requiredOption("--email <address>", "the admin's address")
    .requiredOption("--name <name>", "the admin's name")
    .requiredOption("--password-stdin", "read the password from standard input, never from the command line")
    .option("--token <name>", "also make an API token of this name and print it");
  addTokenOptions(setup, "everything").action(
    async (options: TokenOptions & { email: string; name: string; token?: string }) => {
      const wanted = readTokenOptions(options, "everything");
      const password = await streams.readPassword();
      if (password === "") throw new UsageError("Standard input holds no password.");
      await work(async (ctx, out) => {
        const { userId } = await createFirstAdmin(ctx, { ...options, password });
        const made = `Made the admin ${options.email}.`;
        if (options.token === undefined) return out.print({ userId }, made);
        const owner = await findUserByEmail(ctx, options.email);
        const token = await createToken(ctx, { ...owner, name: options.token, ...wanted });
        out.print({ userId, token: token.token }, `${made}\n${token.token}`);
      });
    },
  );

  program
    .command("setup-link")
    .description("A new one-time link that makes the first admin; the one before stops working.")
    .action(() =>
      work(async (ctx, out) => {
        const link = await createSetupLink(ctx);
        if (!link)
          throw new Refusal("already-set-up", { say: "This server has an admin already. Sign in instead." });
        out.print(link, `${link.url}\nIt works once and until ${link.expiresAt.toISOString()}.`);
      }),
    );
}

function explain(error: unknown): { exitCode: number; code: string; say: string } {
  if (error instanceof Refusal) return { exitCode: EXIT.refused, code: error.code, say: error.say };
  if (error instanceof UsageError || error instanceof CommanderError || error instanceof SettingsError)
    return { exitCode: EXIT.usage, code: "usage", say: error.message };
  if (error instanceof JournalBroken) {
    const say = `The journal is broken at entry ${error.entryId}. ${error.say}`;
    return { exitCode: EXIT.refused, code: "journal-broken", say };
  }
  if (error instanceof SecretsBroken)
    return { exitCode: EXIT.refused, code: "secrets-broken", say: error.say };
  const reason = connectionProblem(error);
  if (reason === null) throw error;
  return {
    exitCode: EXIT.unreachable,
    code: "unreachable",
    say: `The database cannot be opened (${reason}). Start the server, run this as the account that started it (root or sudo), and set BBS_DATA or DATABASE_URL as the server has it.`,
  };
}

/** Codes of a database that is not there or does not let us in: from the system, from postgres.js, SQLSTATE classes 08, 28 and 57P. */
function connectionProblem(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = "code" in at && typeof at.code === "string" ? at.code : "";
    if (
      /^(ENOENT|ECONN\w+|EACCES|EPERM|ETIMEDOUT|ENOTFOUND|CONNECT\w*|CONNECTION_\w+|08\w{3}|28\w{3}|57P\w\w|3D000)$/.test(
        code,
      )
    )
      return at.message;
  }
  return null;
}
