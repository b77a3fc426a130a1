import type { BorgLogLine } from "~/borg/log-json";
import type { BorgEnd } from "~/borg/run";
import type { ArchivePart, Owners } from "~/protocol/restore-extras";
import { type BorgAccess, runForTask } from "../tasks/borg-access";
import type { Confine } from "../tasks/confine";
import type { TaskContext } from "../tasks/task";

export interface Extraction {
  part: ArchivePart;
  /** Where it writes, and the confinement that begins there; null: it is only its working folder. */
  folder: string;
  confine: Confine | null;
  /** Paths of the selection; none: everything. */
  batch: readonly Buffer[];
  options: readonly string[];
  /** Further words before the location: what is left out. */
  words: readonly Buffer[];
  signal: AbortSignal;
  onLog: (line: BorgLogLine) => void;
  whenBehind: () => Promise<void> | null;
}

/**
 * One run of borg. Names of files reach it through `xargs -0`, which passes bytes: node's arguments are text. xargs hides borg's
 * exit code behind its own, so a shell prints it on stdout, where extract prints nothing.
 */
export async function extract(run: Extraction, context: TaskContext, access: BorgAccess): Promise<BorgEnd> {
  const borg = [context.borg.path, ...run.options];
  const location = `${access.url}::${run.part.archive.name}`;
  const printCode = '"$@"; echo "$?"';
  const printing = ["/bin/sh", "-c", printCode, "sh", ...borg];
  const patterns = run.batch.map((path) => Buffer.concat([Buffer.from("pp:"), path]));
  const words = [...run.words, Buffer.from("--"), Buffer.from(location), ...patterns];
  const isPlain = run.words.length + run.batch.length === 0;
  const whole = isPlain ? [...printing, "--", location] : ["xargs", "-0", "-x", "-s", "1000000", ...printing];
  const [command = "", ...args] = run.confine ? run.confine(whole) : whole;
  const end = await runForTask(context, {
    ...{ command, args, env: access.env, passphrase: access.passphrase },
    cwd: run.confine ? "/" : run.folder,
    ...(isPlain ? {} : { stdin: Buffer.concat(words.flatMap((word) => [word, ZERO])) }),
    ...{ onLog: run.onLog, whenBehind: run.whenBehind, signal: run.signal },
  });
  const printed = /^\d+$/m.exec(end.stdout.toString("latin1"))?.[0];
  return printed === undefined
    ? { ...end, exitCode: end.exitCode === 0 ? null : 2 }
    : { ...end, exitCode: Number(printed) };
}

const ZERO = Buffer.from([0]);

/** borg's options of an extraction. Where the total is known, borg need not go through everything beforehand to find it out. */
export function extractOptions(owners: Owners, given: { totalsKnown: boolean }): string[] {
  return [
    ...["extract", "--log-json", ...(given.totalsKnown ? [] : ["--progress"])],
    ...["--list", "--sparse", "--bypass-lock"],
    ...(owners === "numeric" ? ["--numeric-ids"] : []),
    ...(owners === "none" ? ["--noacls", "--noxattrs", "--noflags", "--numeric-ids"] : []),
  ];
}
