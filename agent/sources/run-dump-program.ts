import type { Readable, Writable } from "node:stream";
import type { AgentFolder } from "../agent-folder";
import { startProgram, troubleOf } from "../run-program";
import type { Dump } from "./dump";
import { withSecret } from "./secret-file";

/** Runs a program that writes a dump to its stdout or takes one from its stdin; answers why it did not do its work, or null. */
export async function runDumpProgram(
  program: Dump,
  folder: AgentFolder,
  how: {
    signal: AbortSignal;
    onStdin?: (stdin: Writable) => void;
    /** Reads stdout to its end; without it nobody does. */
    onStdout?: (stdout: Readable) => Promise<void>;
    log: (line: string) => void;
  },
): Promise<string | null> {
  const start = async (secretFd?: number) => {
    let proven = program.proof === undefined;
    const running = startProgram({
      ...program,
      secretFd,
      signal: how.signal,
      onStdin: how.onStdin,
      onLine(line) {
        if (program.proof?.line.test(line)) proven = true;
        if (!program.noise?.test(line)) how.log(withoutSecrets(line));
      },
    });
    if (how.onStdout) await how.onStdout(running.stdout);
    else running.stdout.resume();
    const trouble = troubleOf(await running.end);
    if (trouble !== null) return withoutSecrets(trouble);
    return proven ? null : (program.proof?.otherwise ?? null);
  };
  if (program.secret === null) return start();
  return withSecret(folder, { text: program.secret, account: program.account }, start);
}

/** Words of a program without what stands before the `@` of a connection string: MongoDB's tools repeat it in some errors. */
export function withoutSecrets(text: string): string {
  return text.replace(/(mongodb(?:\+srv)?:\/\/)[^@\s]*@/g, "$1…@");
}
