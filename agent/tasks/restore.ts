import type { BorgLogLine } from "~/borg/log-json";
import type { BorgEnd } from "~/borg/run";
import type { AgentJobResult, RestoreOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import { agentProblemOf, type BorgAccess, levelOf, openAccess, runForTask } from "./borg-access";
import { checkArchive } from "./check-archive";
import { confinement } from "./confine";
import { watchFreeSpace } from "./free-space";
import { restoreDatabase } from "./restore-database";
import { openTarget } from "./restore-target";
import { selectionBatches, xargsInput } from "./selection";
import type { TaskContext, TaskEnd } from "./task";
import { toldCommand } from "./told-command";
import { countWritten } from "./written-items";

type Skipped = { path: string; why: string };

/** Root writes wherever a forged archive leads it, so the machine's own policy must have said yes. Others have only their own files. */
function warnUnconfined(context: TaskContext) {
  const mayWriteAnywhere = process.platform === "linux" && process.getuid?.() === 0;
  if (mayWriteAnywhere && context.policy.policy.restoreUnconfined !== true) {
    throw new AgentProblem(
      "policy-forbids-target",
      'This system does not let the agent lock a restore into its folder (no mount namespaces), and a forged archive could then write anywhere. If you trust the server, add "restoreUnconfined": true to the policy file.',
    );
  }
  context.log(
    "info",
    "This system does not let the agent lock the restore into its folder (needs Linux and root), so links in the archive are followed.",
  );
}

/**
 * Brings files back. Where they may go is decided by `openTarget` alone. Counts what is on disk afterwards. Something that could
 * not be restored makes the job `warned` with its name; nothing restored at all, or a disk that ran full, makes it failed: a part
 * is never called the whole.
 */
export async function restore(order: RestoreOrder, context: TaskContext): Promise<TaskEnd> {
  if (order.database) return restoreDatabase(order, order.database, context);
  const batches = selectionBatches(order.paths);
  const target = await openTarget(order, context.policy, context.folder);
  const access = await openAccess(context, order.repository, "read");
  await checkArchive(order, context, access);
  context.log("info", `Restoring into ${target}`);
  const confine = await confinement([target, context.folder.borgBase]);
  if (confine === null && target !== "/") warnUnconfined(context);
  const written = countWritten(target);
  const watch = watchExtract(context, written);
  const space = watchFreeSpace(target, context.signal);
  let worst: BorgEnd | null = null;
  try {
    for (const batch of batches) {
      const end = await extract(order, context, access, {
        target,
        confine,
        batch,
        signal: space.signal,
        onLog: watch.onLog,
      });
      worst = worst === null || agentProblemOf(worst) === null ? end : worst;
      if (agentProblemOf(end) !== null) break;
    }
  } finally {
    space.stop();
  }
  if (worst === null) throw new AgentProblem("agent-fault", "No borg was started.");
  const counted = await written.finish();
  const result: AgentJobResult = {
    kind: "restore",
    writtenTo: target,
    ...counted,
    skipped: watch.skipped.slice(0, 100),
    skippedCount: watch.count(),
    borgExitCode: worst.exitCode,
    command: toldCommand(context.borg.path, [
      ...extractArguments(order, access),
      ...(order.paths.length > 0
        ? ["--", ...batches.flat().map((path) => `pp:${path.toString("utf8")}`)]
        : []),
    ]),
  };
  return judge(result, worst, context, space.ranOut() || watch.ranOut());
}

function judge(
  result: Extract<AgentJobResult, { kind: "restore" }>,
  end: BorgEnd,
  context: TaskContext,
  ranOut: boolean,
): TaskEnd {
  const soFar = `${result.files} files and ${result.directories} folders are in ${result.writtenTo}; the last file may be incomplete.`;
  if (ranOut) {
    const say = `The disk of ${result.writtenTo} ran out of space, so the restore was stopped. ${soFar} Make room and run it again.`;
    return { state: "failed", problem: { code: "disk-full", say }, result };
  }
  const problem = agentProblemOf(end);
  if (context.signal.aborted && problem) return { state: "stopped", say: soFar, result };
  if (problem) {
    return { state: "failed", problem: { code: problem.code, say: `${problem.say} ${soFar}` }, result };
  }
  if (result.files + result.directories === 0 && result.skippedCount > 0) {
    const first = result.skipped[0];
    const say = `Nothing was restored. ${first ? `${first.path}: ${first.why}` : ""}`;
    return { state: "failed", problem: { code: "borg-failed", say }, result };
  }
  return { state: result.skippedCount > 0 ? "warned" : "succeeded", result };
}

/**
 * One run of borg. Names of files reach it through `xargs -0`, which passes bytes: node's arguments are text. xargs hides borg's
 * exit code behind its own, so a shell prints it on stdout, where extract prints nothing.
 */
async function extract(
  order: RestoreOrder,
  context: TaskContext,
  access: BorgAccess,
  run: {
    target: string;
    confine: ((command: string[]) => string[]) | null;
    batch: readonly Buffer[];
    signal: AbortSignal;
    onLog: (line: BorgLogLine) => void;
  },
): Promise<BorgEnd> {
  const borg = [context.borg.path, ...extractArguments(order, access)];
  const all = run.batch.length === 0;
  const printCode = '"$@"; echo "$?"';
  const printing = ["/bin/sh", "-c", printCode, "sh", ...borg];
  const whole = all ? printing : ["xargs", "-0", "-x", "-s", "600000", ...printing, "--"];
  const [command = "", ...args] = run.confine ? run.confine(whole) : whole;
  const end = await runForTask(context, {
    command,
    args,
    cwd: run.target,
    env: access.env,
    passphrase: access.passphrase,
    ...(all ? {} : { stdin: xargsInput(run.batch) }),
    onLog: run.onLog,
    signal: run.signal,
  });
  const printed = /^\d+$/m.exec(end.stdout.toString("latin1"))?.[0];
  return printed === undefined
    ? { ...end, exitCode: end.exitCode === 0 ? null : 2 }
    : { ...end, exitCode: Number(printed) };
}

function extractArguments(order: Pick<RestoreOrder, "archive">, access: BorgAccess): string[] {
  return [
    "extract",
    "--log-json",
    "--progress",
    "--list",
    "--sparse",
    "--bypass-lock",
    `${access.url}::${order.archive.name}`,
  ];
}

function watchExtract(context: TaskContext, written: ReturnType<typeof countWritten>) {
  const skipped: Skipped[] = [];
  let count = 0;
  let full = false;
  const onLog = (line: BorgLogLine) => {
    if (line.type === "progress_percent" && line.msgid === "extract") {
      context.progress({
        phase: "extracting",
        files: written.counted.files,
        originalBytes: line.current ?? 0,
        compressedBytes: 0,
        deduplicatedBytes: 0,
        totalBytes: line.total || null,
        totalFiles: null,
        currentPath: null,
      });
      return;
    }
    if (line.type === "log_message" && line.name === "borg.output.list") return written.begins(line.message);
    const level = levelOf(line);
    if (level === null || !("message" in line)) return;
    const message = line.message ?? "";
    context.log(level, message);
    if (/\[Errno 28\]/.test(message)) full = true;
    if (level !== "warning" && level !== "error") return;
    count++;
    if (skipped.length < 100) skipped.push(readWarning(message));
  };
  return { onLog, skipped, count: () => count, ranOut: () => full };
}

/** Splits `path: open: [Errno 13] Permission denied: 'path'` and `Include pattern 'x' never matched.` into path and reason. */
export function readWarning(message: string): Skipped {
  const never = /^Include pattern '(.*)' never matched\.$/s.exec(message);
  if (never) return { path: never[1] ?? "", why: "is not in the archive" };
  const failed =
    /^(.*?): ((?:[a-z_]+: )?\[Errno \d+\].*)$/s.exec(message) ?? /^([^:]+): (.*)$/s.exec(message);
  return failed ? { path: failed[1] ?? "", why: failed[2] ?? "" } : { path: "", why: message };
}
