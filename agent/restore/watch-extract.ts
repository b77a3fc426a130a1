import type { BorgLogLine } from "~/borg/log-json";
import { levelOf } from "../tasks/borg-access";
import type { TaskContext } from "../tasks/task";
import type { countWritten } from "../tasks/written-items";

export type Skipped = { path: string; why: string };

const MOST_NAMED = 100;
/** Reasons that are counted one by one; borg's come from a short list, with the system's words. */
const MOST_REASONS = 200;

/** What was not restored and why: the first ones by name, all of them counted by reason. */
export function skippedItems() {
  const named: Skipped[] = [];
  const reasons = new Map<string, number>();
  let [count, problems] = [0, 0];
  return {
    /** `asAsked`: the order wanted it so. */
    add(skipped: Skipped, given?: { asAsked: true }) {
      count++;
      if (!given) problems++;
      if (named.length < MOST_NAMED) named.push(skipped);
      const why = skipped.why.replace(/ ?'.*/s, "").replace(/: ?$/, "").slice(0, 300);
      if (reasons.has(why) || reasons.size < MOST_REASONS) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    },
    problems: () => problems,
    told: () => ({
      skipped: named,
      skippedCount: count,
      skippedBy: [...reasons]
        .map(([why, times]) => ({ why, count: times }))
        .sort((one, other) => other.count - one.count)
        .slice(0, 20),
    }),
  };
}
export type SkippedItems = ReturnType<typeof skippedItems>;

/**
 * Reads what borg says while it extracts. How far it is comes from the files themselves where `totals` are known, else from borg's own progress:
 * then `before` is the bytes of runs that are over.
 */
export function watchExtract(
  context: TaskContext,
  written: ReturnType<typeof countWritten>,
  skipped: SkippedItems,
  totals: { files: number; bytes: number } | null,
) {
  let full = false;
  let [before, current] = [0, 0];
  const progress = (originalBytes: number, totalBytes: number | null) =>
    context.progress({
      ...{ phase: "extracting", files: written.counted.files, originalBytes, totalBytes },
      ...{ compressedBytes: 0, deduplicatedBytes: 0, currentPath: null, totalFiles: totals?.files ?? null },
    });
  const onLog = (line: BorgLogLine, given: { knowsMissing: boolean }) => {
    if (line.type === "progress_percent" && line.msgid === "extract") {
      current = line.current ?? current;
      return progress(before + current, before === 0 ? line.total || null : null);
    }
    if (line.type === "log_message" && line.name === "borg.output.list") return written.begins(line.message);
    const level = levelOf(line);
    if (level === null || !("message" in line)) return;
    const message = line.message ?? "";
    // What was left out is not missing: the listing has told what is.
    if (given.knowsMissing && NEVER_MATCHED.test(message)) return;
    context.log(level, message);
    if (/\[Errno 28\]/.test(message)) full = true;
    if (level === "warning" || level === "error") skipped.add(readWarning(message));
  };
  return {
    onLog,
    /** One run of borg is over. */
    next() {
      before += current;
      current = 0;
    },
    /** To be called from time to time while borg runs. */
    async tell() {
      if (totals) progress(await written.bytesSoFar(), totals.bytes);
    },
    ranOut: () => full,
  };
}

const NEVER_MATCHED = /^Include pattern '(.*)' never matched\.$/s;

/** Splits `path: open: [Errno 13] Permission denied: 'path'` and `Include pattern 'x' never matched.` into path and reason. */
export function readWarning(message: string): Skipped {
  const never = NEVER_MATCHED.exec(message);
  if (never) return { path: never[1] ?? "", why: "is not in the archive" };
  const failed =
    /^(.*?): ((?:[a-z_]+: )?\[Errno \d+\].*)$/s.exec(message) ?? /^([^:]+): (.*)$/s.exec(message);
  return failed ? { path: failed[1] ?? "", why: failed[2] ?? "" } : { path: "", why: message };
}
