import { Command } from "commander";
import { createBbsClient } from "~/api-client/create-bbs-client";
import { fetchDownload } from "~/api-client/fetch-download";
import { addAlertCommands } from "./commands/alert";
import { addArchiveCommands } from "./commands/archive";
import { addCertificateCommands } from "./commands/certificate";
import { addClientCommands } from "./commands/client";
import { addJobCommands } from "./commands/job";
import { addLoginCommand } from "./commands/login";
import { addPeopleCommands } from "./commands/people";
import { addPlanCommands } from "./commands/plan";
import { addRepositoryCommands } from "./commands/repository";
import { addRestoreCommand } from "./commands/restore";
import { addScheduleCommands } from "./commands/schedule";
import { addTokenCommands } from "./commands/token";
import { addVaultCommands } from "./commands/vault";
import { describeFailure, EXIT } from "./exit-code";
import { makeOutput } from "./output";
import type { Session } from "./session";
import { findConnection } from "./settings";

export interface Streams {
  out(text: string): void;
  error(text: string): void;
}

/** Runs one `bbs` command line and returns its exit code. Nothing but the answer goes to `out`. */
export async function runBbs(given: string[], streams: Streams): Promise<number> {
  const json = given.includes("--json");
  try {
    await buildProgram(streams).parseAsync(given, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    const failure = describeFailure(error);
    if (!failure) return EXIT.ok;
    const { code, say } = failure;
    // commander prints its own usage errors in words; for programs they become JSON like every other error.
    if (json) streams.error(`${JSON.stringify({ error: { code, say } })}\n`);
    else if (!(error instanceof Error && error.name === "CommanderError")) streams.error(`bbs: ${say}\n`);
    return failure.exitCode;
  }
}

function buildProgram(streams: Streams): Command {
  const json = () => program.opts<{ json?: boolean }>().json === true;
  const program = new Command("bbs")
    .description("Backs up and restores machines through a Borg Backup Server.")
    .option("--url <address>", "the console's address (or BBS_URL)")
    .option("--token <token>", "an API token (or BBS_TOKEN)")
    .option("--fingerprint <sha256>", "the one certificate to accept (or BBS_FINGERPRINT)")
    .option("--json", "answer in JSON, for programs")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 the job failed or a certificate does not hold, 2 wrong command line, 3 refused, 4 the server cannot be reached or is broken.",
    );
  const session: Session = {
    out: () => makeOutput(json(), streams.out),
    bbs: async () => createBbsClient(await findConnection(program.opts())),
    download: async (address) => fetchDownload(await findConnection(program.opts()), address),
    connection: () => program.opts(),
    note: (text) => {
      if (!json()) streams.error(`${text}\n`);
    },
  };
  addLoginCommand(program, session);
  addClientCommands(program, session);
  addRepositoryCommands(program, session);
  addPlanCommands(program, session);
  addJobCommands(program, session);
  addArchiveCommands(program, session);
  addRestoreCommand(program, session);
  addCertificateCommands(program, session);
  addPeopleCommands(program, session);
  addTokenCommands(program, session);
  addVaultCommands(program, session);
  addAlertCommands(program, session);
  addScheduleCommands(program, session);
  prepare(program, streams, json);
  return program;
}

/** The same for every command at every depth: throw instead of exit, `--json` also behind the command, quiet in JSON. */
function prepare(command: Command, streams: Streams, json: () => boolean): void {
  command.exitOverride().configureOutput({
    writeOut: streams.out,
    writeErr: (text) => {
      if (!json()) streams.error(text);
    },
  });
  for (const inner of command.commands) prepare(inner, streams, json);
}
