import { z } from "zod";
import { keepRules } from "./keep-rules";
import { planObjectives, planOptions } from "./plan-options";
import { keepsByRule } from "./retention";
import { schedule } from "./schedule";

/** Longest name of a plan, as the plans room takes it. */
const LONGEST_NAME = 60;

/** A directory or file on the client that a plan reads. Absolute, tidy, and not a system's view of itself. */
export const planSource = z
  .string()
  .trim()
  .min(1, "Type a directory, for example /etc.")
  .max(4096, "This path is longer than Linux allows.")
  .refine((path) => path.startsWith("/"), "Start at the top: /home, not home.")
  .refine((path) => !path.includes("\0"), "A path cannot contain a zero byte.")
  .refine((path) => !path.split("/").includes(".."), "Write the path without “..”.")
  .refine(
    (path) => !/^\/(proc|sys|dev)(\/|$)/.test(path),
    "This is the running system's view of itself, not data.",
  );

/** A borg exclude pattern. borg reads it as a shell-like pattern (fnmatch) unless it starts with a style such as `re:`. */
export const planExclude = z
  .string()
  .trim()
  .min(1, "Type a pattern, for example *.tmp.")
  .max(4096, "This pattern is too long.")
  .refine((pattern) => !/[\0\r\n]/.test(pattern), "A pattern is one line.")
  .refine(
    (pattern) => !/^(?!(fm|sh|re|pp|pf):)[a-z]{2}:/.test(pattern),
    "borg knows the styles fm:, sh:, re:, pp: and pf: only.",
  )
  .refine(isPattern, "This regular expression is not complete.");

/** borg's own notation of a compression, as the agent protocol takes it. */
export const planCompression = z
  .string()
  .trim()
  .regex(
    /^(none|lz4|(auto,)?(lz4|zstd,([1-9]|1\d|2[0-2])|zlib,[0-9]|lzma,[0-9]))$/,
    "borg knows none, lz4, zstd,1 to zstd,22, zlib,0 to zlib,9, lzma,0 to lzma,9, and auto, before each.",
  );

const SAY_HOW_MUCH = "Say how much to keep, or keep everything.";

/** How long a plan's archives are kept; null: for ever. Rules that keep nothing by themselves are refused: null says it clearly. */
export const planKeep = keepRules.refine(keepsByRule, SAY_HOW_MUCH).nullable();

/** What a plan is made of apart from whose it is: the fields of create and update alike. Lists hold every value once. */
export const planFields = {
  name: z
    .string()
    .trim()
    .min(1, "Give the plan a name, for example “System and homes”.")
    .max(LONGEST_NAME, `At most ${LONGEST_NAME} characters.`),
  repositoryId: z.string().min(1, "Choose a repository."),
  sources: z
    .array(planSource)
    .max(200, "At most 200 directories; choose their common parent instead.")
    .refine(hasNoTwice, "A directory is listed twice."),
  excludes: z
    .array(planExclude)
    .max(500, "At most 500 patterns.")
    .refine(hasNoTwice, "A pattern is listed twice."),
  compression: planCompression,
  oneFileSystem: z.boolean(),
  excludeCaches: z.boolean(),
  /** Every rule said, as the editor holds them. */
  keep: keepRules.required().refine(keepsByRule, SAY_HOW_MUCH).nullable(),
  /** Further repositories: each gets a job and a result of its own. */
  moreRepositoryIds: z
    .array(z.string().min(1))
    .max(10, "At most ten further repositories.")
    .refine(hasNoTwice, "A repository is listed twice."),
  options: planOptions,
  objectives: planObjectives,
  /** When it runs by itself; null: only when somebody asks. */
  schedule: schedule.nullable(),
};

/** The fields of a plan that rules across fields look at. Absent options: none. */
interface Related {
  sources: readonly string[];
  options?: z.output<typeof planOptions> | undefined;
}

/** What depends on more than one field: something is read, names of databases are their folders, SQLite is named by its files. */
export function checkAcross({ sources, options }: Related, context: z.RefinementCtx): void {
  const databases = options?.databases ?? [];
  const refuse = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  if (sources.length === 0 && databases.length === 0) refuse(["sources"], "Choose at least one directory.");
  const drill = options?.drill ?? null;
  if (drill?.scope === "canaries" && drill.canaries.length === 0)
    refuse(["options", "drill", "canaries"], "Name at least one file, or draw files by seed.");
  for (const [index, canary] of (drill?.canaries ?? []).entries())
    if (!sources.some((source) => isBelow(source, canary)))
      refuse(["options", "drill", "canaries", index], "It lies below none of the plan's directories.");
  for (const [index, { engine, name, databases: files }] of databases.entries()) {
    const at = ["options", "databases", index];
    if (databases.findIndex((one) => one.name === name) < index)
      refuse([...at, "name"], "Two databases cannot have the same name: it is their folder in the archive.");
    if (engine === "sqlite" && (files.length === 0 || files.some((file) => !file.startsWith("/"))))
      refuse(
        [...at, "databases"],
        "Name each file of SQLite by its whole path, for example /srv/app/app.db.",
      );
  }
}

/** A plan as the editor holds it. */
export const planDraft = z
  .object({ clientId: z.string().min(1, "Choose a client."), ...planFields })
  .superRefine(checkAcross);
export type PlanDraft = z.infer<typeof planDraft>;

function hasNoTwice(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

function isPattern(pattern: string): boolean {
  if (!pattern.startsWith("re:")) return true;
  try {
    // Python's and JavaScript's expressions differ in detail; what is broken in both is found here, the rest by borg.
    new RegExp(pattern.slice(3).replaceAll("(?P<", "(?<"));
    return true;
  } catch {
    return false;
  }
}

function isBelow(source: string, path: string): boolean {
  const folder = source.replace(/\/+$/, "");
  return path === folder || path.startsWith(`${folder}/`);
}
