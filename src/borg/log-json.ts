import { z } from "zod";

/**
 * One line that borg wrote to stderr under `--log-json` (1.2.4 and 1.4.0). Not every line is JSON: argparse errors, tracebacks'
 * first lines and whatever ssh prints arrive as plain text and become `text`. Fields that borg leaves out are absent.
 */
const archiveProgress = z.object({
  type: z.literal("archive_progress"),
  original_size: z.number().optional(),
  compressed_size: z.number().optional(),
  deduplicated_size: z.number().optional(),
  nfiles: z.number().optional(),
  path: z.string().optional(),
  /** The last line of a run holds nothing but this. */
  finished: z.boolean().optional(),
});
const progressPercent = z.object({
  type: z.literal("progress_percent"),
  operation: z.number().optional(),
  msgid: z.string().nullish(),
  current: z.number().optional(),
  total: z.number().optional(),
  message: z.string().optional(),
  finished: z.boolean().optional(),
});
const progressMessage = z.object({
  type: z.literal("progress_message"),
  operation: z.number().optional(),
  msgid: z.string().nullish(),
  message: z.string().optional(),
  finished: z.boolean().optional(),
});
const fileStatus = z.object({ type: z.literal("file_status"), status: z.string(), path: z.string() });
const logMessage = z.object({
  type: z.literal("log_message"),
  levelname: z.string(),
  name: z.string().optional(),
  message: z.string(),
  msgid: z.string().nullish(),
});
const question = z.object({
  type: z.string().startsWith("question_"),
  msgid: z.string().nullish(),
  message: z.string().optional(),
});

const jsonLine = z.union([
  archiveProgress,
  progressPercent,
  progressMessage,
  fileStatus,
  logMessage,
  question.transform((given) => ({
    type: "question" as const,
    msgid: given.msgid ?? null,
    message: given.message ?? "",
  })),
]);

export type BorgLogLine = z.output<typeof jsonLine> | { type: "text"; message: string };

/** Reads one stderr line. Never throws: what is not borg's JSON is `text`, unchanged. */
export function parseLogLine(line: string): BorgLogLine {
  if (!line.startsWith("{")) return { type: "text", message: line };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // A line cut by a killed process is still worth showing.
    return { type: "text", message: line };
  }
  const parsed = jsonLine.safeParse(value);
  return parsed.success ? parsed.data : { type: "text", message: line };
}

/** True for lines that only say how far borg is: they come several times a second and prove nothing afterwards. */
export function isProgress(line: BorgLogLine): boolean {
  return (
    line.type === "archive_progress" || line.type === "progress_percent" || line.type === "progress_message"
  );
}
