import { ENGINE_NAMES, sayObjectives, saySnapshot, sayUpload } from "./option-words";
import type { PlanDraft } from "./plan-input";
import { formatDuration } from "./quantity";
import { sayKeepRules } from "./retention-words";
import { sayTiming } from "./schedule-words";

/** The compressions the editor offers without "Advanced", in words. */
export const COMPRESSION_CHOICES = [
  {
    value: "lz4",
    label: "Fastest",
    hint: "lz4: hardly any work for the machine, a third larger than the next.",
  },
  {
    value: "zstd,3",
    label: "Balanced (right for most)",
    hint: "zstd level 3: as small as gzip at several times its speed.",
  },
  {
    value: "auto,zstd,10",
    label: "Smaller",
    hint: "zstd level 10 where it pays; what does not shrink is stored as it is.",
  },
  { value: "none", label: "None", hint: "For data that is compressed already, such as videos and photos." },
] as const;

/** A compression in a few words: `zstd level 3`, `lz4`, `zstd level 10 where it pays`, `no compression`. */
export function compressionWords(compression: string): string {
  const auto = compression.startsWith("auto,");
  const [method, level] = (auto ? compression.slice("auto,".length) : compression).split(",");
  if (method === "none") return "no compression";
  return `${method}${level === undefined ? "" : ` level ${level}`}${auto ? " where it pays" : ""}`;
}

type Told = Pick<
  PlanDraft,
  "name" | "sources" | "excludes" | "compression" | "oneFileSystem" | "excludeCaches"
> &
  Partial<Pick<PlanDraft, "keep" | "options" | "objectives" | "schedule">>;

/**
 * The plan as one paragraph, for the last look before saving. Names what is missing in place of failing, since it is read while
 * the form is being filled in. What a plan does not ask for is not told.
 */
export function summarizePlan(
  plan: Told,
  names: { client: string | null; repository: string | null; moreRepositories?: readonly string[] },
): string {
  const sources = plan.sources.filter((path) => path.trim() !== "");
  const excludes = plan.excludes.filter((pattern) => pattern.trim() !== "");
  const databases = plan.options?.databases.filter(({ name }) => name !== "") ?? [];
  if (sources.length === 0 && databases.length === 0 && names.client === null)
    return "Choose a client, a repository and at least one directory. What this plan does then stands here in plain words.";
  const streamed = databases.map((source) => `${ENGINE_NAMES[source.engine]} ${source.name}`);
  const what = sources.length + streamed.length === 0 ? "nothing yet" : listWords([...sources, ...streamed]);
  const boundary = plan.oneFileSystem
    ? "It stays on the file systems these directories are on."
    : "It follows mounted file systems below them.";
  const left = [
    excludes.length > 0 ? `what matches ${listWords(excludes)}` : null,
    plan.excludeCaches ? "directories marked as caches" : null,
  ].filter((part) => part !== null);
  const where = [
    names.repository ?? "a repository you have not chosen yet",
    ...(names.moreRepositories ?? []),
  ];
  return [
    `${plan.name.trim() || "This plan"} reads ${what} on ${names.client ?? "a client you have not chosen yet"}`,
    `and writes to ${listWords(where)} with ${compressionWords(plan.compression)}.`,
    left.length > 0 ? `It leaves out ${left.join(" and ")}.` : "It leaves nothing out.",
    boundary,
    ...(plan.options ? optionSentences(plan.options) : []),
    plan.keep === undefined ? null : `It keeps ${sayKeepRules(plan.keep)}.`,
    plan.objectives && sayObjectives(plan.objectives) !== "nothing"
      ? `It promises ${sayObjectives(plan.objectives)}.`
      : null,
    plan.schedule
      ? `It runs ${withinSentence(sayTiming(plan.schedule))}.`
      : "It runs when you press Back up now.",
  ]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

/** What a plan asks of the machine and of borg, each in a sentence. */
function optionSentences(options: PlanDraft["options"]): string[] {
  const { hooksBefore, hooksAfter, stopContainersLabelled, uploadKibPerSecond, uploadWindows } = options;
  const names = (hooks: PlanDraft["options"]["hooksBefore"]) => listWords(hooks.map(({ name }) => name));
  const meanwhile = [
    hooksBefore.length > 0 ? `runs ${names(hooksBefore)} before` : null,
    hooksAfter.length > 0 ? `runs ${names(hooksAfter)} after, whatever became of it` : null,
    stopContainersLabelled ? `stops the containers labelled ${stopContainersLabelled} meanwhile` : null,
    options.snapshot === "none" ? null : `reads from ${saySnapshot(options.snapshot)}`,
  ].filter((words) => words !== null);
  return [
    meanwhile.length > 0 ? `It ${listWords(meanwhile)}.` : null,
    uploadKibPerSecond === null && uploadWindows.length === 0 ? null : `It uploads ${sayUpload(options)}.`,
    options.limitMinutes === null
      ? null
      : `It is stopped after ${formatDuration(options.limitMinutes * 60)}.`,
  ].filter((sentence) => sentence !== null);
}

/** A timing as it stands within a sentence: days of the week keep their capital. */
function withinSentence(timing: string): string {
  return /^(Every|Daily|On|By|When)\b/.test(timing)
    ? timing.charAt(0).toLowerCase() + timing.slice(1)
    : timing;
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function listWords(items: readonly string[], most = 5): string {
  const shown =
    items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
