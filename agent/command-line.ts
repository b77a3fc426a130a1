import { parseArgs } from "node:util";
import { agentFolder, DEFAULT_FOLDER } from "./agent-folder";
import { doctor } from "./commands/doctor";
import { enroll } from "./commands/enroll";
import { prove } from "./commands/prove";
import { serve } from "./commands/serve";
import { status } from "./commands/status";
import { trustReleaseKey } from "./commands/trust-release-key";
import { uninstall } from "./commands/uninstall";
import { agentVersion } from "./machine";
import { PlainError } from "./plain-error";

const USAGE = `bbs-agent ${agentVersion}: backs this machine up with BorgBackup, as its server asks and its own policy allows.

  bbs-agent enroll --server URL --token TOKEN [--tls-fingerprint SHA256] [--release-key KEY] [--again]
                   [--read-path PATH ...] [--restore-folder PATH] [--restore-path PATH ...] [--allow-restore-to-original] [--allow-browse]
  bbs-agent run        work until stopped, in the version that updates made current (what the service runs)
  bbs-agent serve      the same without the launcher: no updates
  bbs-agent status     what it is doing                [--json]
  bbs-agent doctor     check everything a backup needs [--json]
  bbs-agent trust-release-key KEY   install only releases that this key has signed
  bbs-agent uninstall  take it off this machine        [--yes]
  bbs-agent --version

  --dir PATH   where it keeps its configuration and state (${DEFAULT_FOLDER})`;

const options = {
  dir: { type: "string", default: DEFAULT_FOLDER },
  server: { type: "string" },
  token: { type: "string" },
  "tls-fingerprint": { type: "string" },
  "release-key": { type: "string" },
  again: { type: "boolean", default: false },
  "read-path": { type: "string", multiple: true, default: [] as string[] },
  "restore-folder": { type: "string" },
  "restore-path": { type: "string", multiple: true, default: [] as string[] },
  "allow-restore-to-original": { type: "boolean", default: false },
  "allow-browse": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  version: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** Runs one command line (without node and script); returns the exit code. What a person can put right is one sentence, code 1; a
 *  command line that cannot be read is code 2. */
export async function runCommandLine(
  args: string[],
  print: (text: string) => void,
  ownFile: string,
): Promise<number> {
  let given: ReturnType<typeof read>;
  try {
    given = read(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = given;
  if (values.version) return printed(print, agentVersion);
  if (values.help) return printed(print, USAGE);
  const [command, ...rest] = positionals;
  if (command === undefined || rest.length !== (command === "trust-release-key" ? 1 : 0)) {
    console.error(USAGE);
    return 2;
  }
  try {
    const [key] = rest;
    if (key !== undefined) return printed(print, await trustReleaseKey(agentFolder(values.dir), key));
    return await perform(command, values, print, ownFile);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    console.error(error.message);
    return 1;
  }
}

type Values = ReturnType<typeof read>["values"];

async function perform(
  command: string,
  values: Values,
  print: (text: string) => void,
  ownFile: string,
): Promise<number> {
  const folder = agentFolder(values.dir);
  switch (command) {
    case "enroll": {
      if (!values.server || !values.token) {
        throw new PlainError("enroll needs --server and --token; the console shows the whole line.");
      }
      const said = await enroll(folder, {
        server: values.server,
        token: values.token,
        tlsFingerprint: values["tls-fingerprint"] ?? null,
        again: values.again,
        readPaths: values["read-path"],
        restoreFolder: values["restore-folder"] ?? null,
        restorePaths: values["restore-path"],
        restoreToOriginal: values["allow-restore-to-original"],
        browse: values["allow-browse"],
        releaseKey: values["release-key"] ?? null,
      });
      return printed(print, said);
    }
    case "serve":
      return serve(folder, ownFile);
    case "prove":
      return printed(print, await prove(folder));
    case "status":
    case "doctor": {
      const { text, exitCode } = await (command === "status" ? status : doctor)(folder, values.json);
      print(text);
      return exitCode;
    }
    case "uninstall":
      return printed(print, await uninstall(folder, values.yes));
    default:
      console.error(`There is no command ${command}.\n\n${USAGE}`);
      return 2;
  }
}

function read(args: string[]) {
  return parseArgs({ args, options, allowPositionals: true });
}

function printed(print: (text: string) => void, text: string): number {
  print(text);
  return 0;
}
