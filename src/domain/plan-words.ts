import type { PlanDraft } from "./plan-input";
import { sayKeepRules } from "./retention-words";

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

/**
 * The plan as one paragraph, for the last look before saving. Names what is missing in place of failing, since it is read while
 * the form is being filled in.
 */
export function summarizePlan(
  plan: Pick<
    PlanDraft,
    "name" | "sources" | "excludes" | "compression" | "oneFileSystem" | "excludeCaches"
  > & { keep?: PlanDraft["keep"] },
  names: { client: string | null; repository: string | null },
): string {
  const sources = plan.sources.filter((path) => path.trim() !== "");
  const excludes = plan.excludes.filter((pattern) => pattern.trim() !== "");
  if (sources.length === 0 && names.client === null)
    return "Choose a client, a repository and at least one directory. What this plan does then stands here in plain words.";
  const what = sources.length === 0 ? "nothing yet" : listWords(sources);
  const boundary = plan.oneFileSystem
    ? "It stays on the file systems these directories are on."
    : "It follows mounted file systems below them.";
  const left = [
    excludes.length > 0 ? `what matches ${listWords(excludes)}` : null,
    plan.excludeCaches ? "directories marked as caches" : null,
  ].filter((part) => part !== null);
  return [
    `${plan.name.trim() || "This plan"} reads ${what} on ${names.client ?? "a client you have not chosen yet"}`,
    ` and writes to ${names.repository ?? "a repository you have not chosen yet"} with ${compressionWords(plan.compression)}. `,
    left.length > 0 ? `It leaves out ${left.join(" and ")}. ` : "It leaves nothing out. ",
    boundary,
    plan.keep === undefined ? "" : ` It keeps ${sayKeepRules(plan.keep)}.`,
    " It runs when you press Back up now.",
  ].join("");
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function listWords(items: readonly string[], most = 5): string {
  const shown =
    items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
